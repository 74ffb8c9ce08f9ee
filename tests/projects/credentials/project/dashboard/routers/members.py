"""Serves /members."""

from fastapi import APIRouter

from dashboard.services.members import MembersService

router = APIRouter(tags=["members"])
service = MembersService()


@router.get("/")
def list_members():
    return service.list()


@router.get("/{key}")
def get_members(key: str):
    return service.get(key)


@router.delete("/{key}", status_code=204)
def delete_members(key: str):
    service.delete(key)
