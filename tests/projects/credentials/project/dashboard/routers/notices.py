"""Serves /notices."""

from fastapi import APIRouter

from dashboard.services.notices import NoticesService

router = APIRouter(tags=["notices"])
service = NoticesService()


@router.get("/")
def list_notices():
    return service.list()


@router.get("/{key}")
def get_notices(key: str):
    return service.get(key)


@router.delete("/{key}", status_code=204)
def delete_notices(key: str):
    service.delete(key)
