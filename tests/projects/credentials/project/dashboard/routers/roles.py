"""Serves /roles."""

from fastapi import APIRouter

from dashboard.services.roles import RolesService

router = APIRouter(tags=["roles"])
service = RolesService()


@router.get("/")
def list_roles():
    return service.list()


@router.get("/{key}")
def get_roles(key: str):
    return service.get(key)


@router.delete("/{key}", status_code=204)
def delete_roles(key: str):
    service.delete(key)
