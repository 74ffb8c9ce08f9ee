"""Serves /rotations."""

from fastapi import APIRouter

from dashboard.services.rotations import RotationsService

router = APIRouter(tags=["rotations"])
service = RotationsService()


@router.get("/")
def list_rotations():
    return service.list()


@router.get("/{key}")
def get_rotations(key: str):
    return service.get(key)


@router.delete("/{key}", status_code=204)
def delete_rotations(key: str):
    service.delete(key)
