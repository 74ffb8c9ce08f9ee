"""Serves /exports."""

from fastapi import APIRouter

from dashboard.services.exports import ExportsService

router = APIRouter(tags=["exports"])
service = ExportsService()


@router.get("/")
def list_exports():
    return service.list()


@router.get("/{key}")
def get_exports(key: str):
    return service.get(key)


@router.delete("/{key}", status_code=204)
def delete_exports(key: str):
    service.delete(key)
