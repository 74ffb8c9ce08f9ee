"""Serves /labels."""

from fastapi import APIRouter

from dashboard.services.labels import LabelsService

router = APIRouter(tags=["labels"])
service = LabelsService()


@router.get("/")
def list_labels():
    return service.list()


@router.get("/{key}")
def get_labels(key: str):
    return service.get(key)


@router.delete("/{key}", status_code=204)
def delete_labels(key: str):
    service.delete(key)
