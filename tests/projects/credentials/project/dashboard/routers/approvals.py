"""Serves /approvals."""

from fastapi import APIRouter

from dashboard.services.approvals import ApprovalsService

router = APIRouter(tags=["approvals"])
service = ApprovalsService()


@router.get("/")
def list_approvals():
    return service.list()


@router.get("/{key}")
def get_approvals(key: str):
    return service.get(key)


@router.delete("/{key}", status_code=204)
def delete_approvals(key: str):
    service.delete(key)
