"""Serves /vaults."""

from fastapi import APIRouter

from dashboard.services.vaults import VaultsService

router = APIRouter(tags=["vaults"])
service = VaultsService()


@router.get("/")
def list_vaults():
    return service.list()


@router.get("/{key}")
def get_vaults(key: str):
    return service.get(key)


@router.delete("/{key}", status_code=204)
def delete_vaults(key: str):
    service.delete(key)
