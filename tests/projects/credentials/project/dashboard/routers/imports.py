"""Serves /imports."""

from fastapi import APIRouter

from dashboard.services.imports import ImportsService

router = APIRouter(tags=["imports"])
service = ImportsService()


@router.get("/")
def list_imports():
    return service.list()


@router.get("/{key}")
def get_imports(key: str):
    return service.get(key)


@router.delete("/{key}", status_code=204)
def delete_imports(key: str):
    service.delete(key)
