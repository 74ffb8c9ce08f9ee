"""Serves /quotas."""

from fastapi import APIRouter

from dashboard.services.quotas import QuotasService

router = APIRouter(tags=["quotas"])
service = QuotasService()


@router.get("/")
def list_quotas():
    return service.list()


@router.get("/{key}")
def get_quotas(key: str):
    return service.get(key)


@router.delete("/{key}", status_code=204)
def delete_quotas(key: str):
    service.delete(key)
