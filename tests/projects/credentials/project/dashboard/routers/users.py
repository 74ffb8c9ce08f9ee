"""Serves /users."""

from fastapi import APIRouter

from dashboard.services.users import UsersService

router = APIRouter(tags=["users"])
service = UsersService()


@router.get("/")
def list_users():
    return service.list()


@router.get("/{key}")
def get_users(key: str):
    return service.get(key)


@router.delete("/{key}", status_code=204)
def delete_users(key: str):
    service.delete(key)
