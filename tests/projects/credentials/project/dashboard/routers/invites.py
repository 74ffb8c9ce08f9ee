"""Serves /invites."""

from fastapi import APIRouter

from dashboard.services.invites import InvitesService

router = APIRouter(tags=["invites"])
service = InvitesService()


@router.get("/")
def list_invites():
    return service.list()


@router.get("/{key}")
def get_invites(key: str):
    return service.get(key)


@router.delete("/{key}", status_code=204)
def delete_invites(key: str):
    service.delete(key)
