"""Serves /accounts."""

from fastapi import APIRouter

from dashboard.services.accounts import AccountsService

router = APIRouter(tags=["accounts"])
service = AccountsService()


@router.get("/")
def list_accounts():
    return service.list()


@router.get("/{key}")
def get_accounts(key: str):
    return service.get(key)


@router.delete("/{key}", status_code=204)
def delete_accounts(key: str):
    service.delete(key)
