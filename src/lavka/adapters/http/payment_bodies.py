"""How a payment is shown."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from lavka.domain.payments import Payment, Status


class PaymentBody(BaseModel):
    """A payment: the buyer is sent to `confirmation_url` to pay; null while the provider does not answer."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "0197a3c2-6f1e-7c4b-9d53-0f6a2b1c4d65",
                "status": "pending",
                "confirmation_url": "http://127.0.0.1:8000/pay/2d8e5ac4f0b14a6b",
            }
        }
    )

    id: UUID
    status: Status
    confirmation_url: str | None

    @classmethod
    def of(cls, payment: Payment) -> "PaymentBody":
        """Write one out; where it is paid as long as it can be."""
        url = payment.confirmation_url if payment.status is Status.PENDING else None
        return cls(id=payment.id, status=payment.status, confirmation_url=url)
