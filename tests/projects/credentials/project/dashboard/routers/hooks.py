"""Serves /hooks."""

from fastapi import APIRouter

from dashboard.services.hooks import HooksService

router = APIRouter(tags=["hooks"])
service = HooksService()


@router.get("/")
def list_hooks():
    return service.list()


@router.get("/{key}")
def get_hooks(key: str):
    return service.get(key)


@router.delete("/{key}", status_code=204)
def delete_hooks(key: str):
    service.delete(key)
