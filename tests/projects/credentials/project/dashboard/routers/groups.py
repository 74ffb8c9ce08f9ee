"""Serves /groups."""

from fastapi import APIRouter

from dashboard.services.groups import GroupsService

router = APIRouter(tags=["groups"])
service = GroupsService()


@router.get("/")
def list_groups():
    return service.list()


@router.get("/{key}")
def get_groups(key: str):
    return service.get(key)


@router.delete("/{key}", status_code=204)
def delete_groups(key: str):
    service.delete(key)
