"""Serves /devices."""

from fastapi import APIRouter

from dashboard.services.devices import DevicesService

router = APIRouter(tags=["devices"])
service = DevicesService()


@router.get("/")
def list_devices():
    return service.list()


@router.get("/{key}")
def get_devices(key: str):
    return service.get(key)


@router.delete("/{key}", status_code=204)
def delete_devices(key: str):
    service.delete(key)
