"""Serves /keys."""

from fastapi import APIRouter

from dashboard.services.keys import KeysService

router = APIRouter(tags=["keys"])
service = KeysService()


@router.get("/")
def list_keys():
    return service.list()


@router.get("/{key}")
def get_keys(key: str):
    return service.get(key)


@router.delete("/{key}", status_code=204)
def delete_keys(key: str):
    service.delete(key)
