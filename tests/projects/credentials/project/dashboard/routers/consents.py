"""Serves /consents."""

from fastapi import APIRouter

from dashboard.services.consents import ConsentsService

router = APIRouter(tags=["consents"])
service = ConsentsService()


@router.get("/")
def list_consents():
    return service.list()


@router.get("/{key}")
def get_consents(key: str):
    return service.get(key)


@router.delete("/{key}", status_code=204)
def delete_consents(key: str):
    service.delete(key)
