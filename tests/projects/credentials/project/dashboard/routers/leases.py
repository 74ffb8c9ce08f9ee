"""Serves /leases."""

from fastapi import APIRouter

from dashboard.services.leases import LeasesService

router = APIRouter(tags=["leases"])
service = LeasesService()


@router.get("/")
def list_leases():
    return service.list()


@router.get("/{key}")
def get_leases(key: str):
    return service.get(key)


@router.delete("/{key}", status_code=204)
def delete_leases(key: str):
    service.delete(key)
