"""Serves /reports."""

from fastapi import APIRouter

from dashboard.services.reports import ReportsService

router = APIRouter(tags=["reports"])
service = ReportsService()


@router.get("/")
def list_reports():
    return service.list()


@router.get("/{key}")
def get_reports(key: str):
    return service.get(key)


@router.delete("/{key}", status_code=204)
def delete_reports(key: str):
    service.delete(key)
