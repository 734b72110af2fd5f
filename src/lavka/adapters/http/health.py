"""Whether the process lives, and whether it can serve."""

from fastapi import APIRouter
from pydantic import BaseModel

from lavka.adapters.http.callers import TheShop
from lavka.adapters.http.errors import documented

router = APIRouter(tags=["Running it"])


class HealthBody(BaseModel):
    """All is well."""

    status: str = "ok"


@router.get("/livez")
async def livez() -> HealthBody:
    """Answer as long as the process can; an orchestrator restarts it when this fails."""
    return HealthBody()


@router.get("/readyz", responses=documented(503))
async def readyz(shop: TheShop) -> HealthBody:
    """Answer 200 while the database does; a balancer sends no requests otherwise."""
    await shop.probe()
    return HealthBody()
