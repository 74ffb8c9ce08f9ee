"""Serves /backups."""

from fastapi import APIRouter

from dashboard.services.backups import BackupsService

router = APIRouter(tags=["backups"])
service = BackupsService()


@router.get("/")
def list_backups():
    return service.list()


@router.get("/{key}")
def get_backups(key: str):
    return service.get(key)


@router.delete("/{key}", status_code=204)
def delete_backups(key: str):
    service.delete(key)
