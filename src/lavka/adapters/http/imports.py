"""Price lists: brought in by file or by address, followed, rolled back, and written out."""

from typing import Annotated, Any, BinaryIO
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from lavka.adapters.http.callers import Caller, TheShop
from lavka.adapters.http.doors import Door, media_type
from lavka.adapters.http.errors import documented
from lavka.adapters.http.forms import Form, Text
from lavka.adapters.http.pages import JSON, PageBody, Time
from lavka.adapters.http.queries import Paging, Query
from lavka.adapters.http.uploads import described, uploaded
from lavka.domain.imports import Import, ImportId, Mode, Status, Terms
from lavka.domain.prices import MOST_BYTES
from lavka.domain.shops import ShopId

router = APIRouter(prefix="/shops/{shop_id}", tags=["Catalogue"], route_class=Door)

YAML = "application/yaml"
"""RFC 9512."""


class UrlForm(Form):
    """Where a list can be fetched from, by https or http."""

    model_config = ConfigDict(json_schema_extra={"example": {"url": "https://hearth.example/prices.yaml"}})

    url: Annotated[Text, StringConstraints(max_length=2048, pattern=r"^https?://[^\s/?#@]+([/?#]\S*)?$")]


class ImportTerms(Query):
    """How a list is applied: `partial` leaves bad rows out; a dry run only says what would change."""

    mode: Mode = Mode.WHOLE
    dry_run: bool = False


class FaultBody(BaseModel):
    """What is wrong in a list; `row` from 1, null for the document as a whole."""

    row: int | None
    field: str
    message: str


class ChangeBody(BaseModel):
    """What would become of an offer: `created`, `updated` or `deactivated`; prices in minor units."""

    sku: str
    name: str
    action: str
    old_price: int | None
    price: int | None


class ImportLine(BaseModel):
    """An import in the history of a shop. `rows`: goods in the list, `processed`: how many are dealt with."""

    id: UUID
    status: Status
    rows: int
    processed: int
    created: int
    updated: int
    deactivated: int
    mode: Mode
    dry_run: bool
    url: str | None
    sha256: str | None
    rolls_back: UUID | None
    created_by: UUID | None
    created_at: Time
    finished_at: Time | None


class ImportBody(ImportLine):
    """An import: how far it is, the first 1,000 errors, and of a dry run the first 1,000 changes."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "0197a3c2-6f1e-7c4b-9d53-0f6a2b1c4d62",
                "status": "failed",
                "rows": 2,
                "processed": 0,
                "created": 0,
                "updated": 0,
                "deactivated": 0,
                "mode": "whole",
                "dry_run": False,
                "url": None,
                "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "rolls_back": None,
                "created_by": "0197a3c2-6f1e-7c4b-9d53-0f6a2b1c4d63",
                "created_at": "2026-11-24T12:00:00+00:00",
                "finished_at": "2026-11-24T12:00:01+00:00",
                "errors": [
                    {
                        "row": 2,
                        "field": "quantity",
                        "message": "Write a whole number in digits, from 0 to 1000000000.",
                    }
                ],
                "changes": [],
            }
        }
    )

    errors: list[FaultBody]
    changes: list[ChangeBody]


class ImportPage(PageBody):
    """A page of imports, the newest first."""

    items: list[ImportLine]


def _told(work: Import) -> dict[str, Any]:
    names = ImportLine.model_fields.keys() - {"mode", "dry_run"}
    line = {name: getattr(work, name) for name in names}
    return line | {"mode": work.terms.mode, "dry_run": work.terms.dry_run}


def body(work: Import) -> ImportBody:
    """Write one out."""
    errors = [FaultBody(row=each.row, field=each.field, message=each.message) for each in work.errors]
    changes = [ChangeBody.model_validate(each, from_attributes=True) for each in work.changes]
    return ImportBody(**_told(work), errors=errors, changes=changes)


TWO_WAYS: dict[str, Any] = described("A price list in YAML, at most 100 MB.")
TWO_WAYS["requestBody"]["content"][JSON] = {"schema": UrlForm.model_json_schema()}


@router.post(
    "/price-lists",
    status_code=202,
    responses=documented(401, 403, 404, 413, 415, 422, 503),
    openapi_extra=TWO_WAYS | ImportTerms.parameters(),
)
async def import_price_list(
    shop_id: UUID, who: Caller, shop: TheShop, request: Request, response: Response
) -> ImportBody:
    """Bring a price list in, by file or by address; it is applied outside of this call."""
    terms = ImportTerms.of(request)
    async with _Received(request) as receive:
        work = await shop.importing.order(who, ShopId(shop_id), Terms(terms.mode, terms.dry_run), receive)
    response.headers["Location"] = f"{request.url.path}/{work.id}"
    return body(work)


@router.get(
    "/price-lists",
    responses=documented(401, 403, 404, 422, 503),
    openapi_extra=Paging.parameters(),
)
async def import_history(shop_id: UUID, who: Caller, shop: TheShop, request: Request) -> ImportPage:
    """List what was brought in, when and by whom, the newest first."""
    page = await shop.importing.history(who, ShopId(shop_id), Paging.of(request).wish())
    items = [ImportLine(**_told(work)) for work in page.items]
    return ImportPage(
        items=items, total=page.total, page=page.page, size=page.size, pages=page.pages, next=page.next
    )


@router.get("/price-lists/{import_id}", responses=documented(401, 403, 404, 422, 503))
async def show_import(shop_id: UUID, import_id: UUID, who: Caller, shop: TheShop) -> ImportBody:
    """Show how far an import is, or how it ended."""
    return body(await shop.importing.show(who, ShopId(shop_id), ImportId(import_id)))


@router.post(
    "/price-lists/{import_id}/rollback",
    status_code=202,
    responses=documented(401, 403, 404, 409, 422, 503),
)
async def roll_back_import(
    shop_id: UUID, import_id: UUID, who: Caller, shop: TheShop, request: Request
) -> ImportBody:
    """Bring the shop's offers back to what they were before an import; an import of its own does it."""
    Query.of(request)  # knows no terms, and who sends some must not take them for heard
    return body(await shop.importing.roll_back(who, ShopId(shop_id), ImportId(import_id)))


@router.get(
    "/price-list",
    response_class=StreamingResponse,
    responses={
        200: {"content": {YAML: {"schema": {"type": "object"}}}, "description": "A price list"},
        **documented(401, 403, 404, 422, 503),
    },
)
async def export_price_list(shop_id: UUID, who: Caller, shop: TheShop) -> StreamingResponse:
    """Write what the shop offers as a price list that can be brought in again."""
    pieces = await shop.importing.export(who, ShopId(shop_id))
    headers = {"Content-Disposition": 'attachment; filename="price-list.yaml"'}
    return StreamingResponse(pieces, media_type=YAML, headers=headers)


class _Received:
    """The list that a request sends, once it is asked for; a file is closed when the block ends."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._file: BinaryIO | None = None

    async def __aenter__(self) -> "_Received":
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._file:
            self._file.close()

    async def __call__(self) -> BinaryIO | str:
        """Receive it."""
        if media_type(self._request) != JSON:
            self._file = (await uploaded(self._request, MOST_BYTES)).file
            return self._file
        try:
            return UrlForm.model_validate_json(await self._request.body()).url
        except ValidationError as error:
            wrong = [{**each, "loc": ("body", *each["loc"])} for each in error.errors(include_url=False)]
            raise RequestValidationError(wrong) from None
