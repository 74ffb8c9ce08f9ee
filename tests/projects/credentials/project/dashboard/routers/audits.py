"""Serves /audits."""

from fastapi import APIRouter

from dashboard.services.audits import AuditsService

router = APIRouter(tags=["audits"])
service = AuditsService()


@router.get("/")
def list_audits():
    return service.list()


@router.get("/{key}")
def get_audits(key: str):
    return service.get(key)


@router.delete("/{key}", status_code=204)
def delete_audits(key: str):
    service.delete(key)
