"""Serves /policies."""

from fastapi import APIRouter

from dashboard.services.policies import PoliciesService

router = APIRouter(tags=["policies"])
service = PoliciesService()


@router.get("/")
def list_policies():
    return service.list()


@router.get("/{key}")
def get_policies(key: str):
    return service.get(key)


@router.delete("/{key}", status_code=204)
def delete_policies(key: str):
    service.delete(key)
