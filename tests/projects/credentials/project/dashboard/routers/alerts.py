"""Serves /alerts."""

from fastapi import APIRouter

from dashboard.services.alerts import AlertsService

router = APIRouter(tags=["alerts"])
service = AlertsService()


@router.get("/")
def list_alerts():
    return service.list()


@router.get("/{key}")
def get_alerts(key: str):
    return service.get(key)


@router.delete("/{key}", status_code=204)
def delete_alerts(key: str):
    service.delete(key)
