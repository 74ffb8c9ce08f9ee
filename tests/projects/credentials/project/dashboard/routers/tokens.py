"""Serves /tokens."""

from fastapi import APIRouter

from dashboard.services.tokens import TokensService

router = APIRouter(tags=["tokens"])
service = TokensService()


@router.get("/")
def list_tokens():
    return service.list()


@router.get("/{key}")
def get_tokens(key: str):
    return service.get(key)


@router.delete("/{key}", status_code=204)
def delete_tokens(key: str):
    service.delete(key)
