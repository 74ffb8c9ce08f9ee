"""Serves /secrets."""

from fastapi import APIRouter

from dashboard.services.secrets import SecretsService

router = APIRouter(tags=["secrets"])
service = SecretsService()


@router.get("/")
def list_secrets():
    return service.list()


@router.get("/{key}")
def get_secrets(key: str):
    return service.get(key)


@router.delete("/{key}", status_code=204)
def delete_secrets(key: str):
    service.delete(key)
