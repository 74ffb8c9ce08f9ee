"""Serves /passwords."""

from fastapi import APIRouter

from dashboard.services.passwords import PasswordsService

router = APIRouter(tags=["passwords"])
service = PasswordsService()


@router.get("/")
def list_passwords():
    return service.list()


@router.get("/{key}")
def get_passwords(key: str):
    return service.get(key)


@router.delete("/{key}", status_code=204)
def delete_passwords(key: str):
    service.delete(key)
