"""Serves /clusters."""

from fastapi import APIRouter

from dashboard.services.clusters import ClustersService

router = APIRouter(tags=["clusters"])
service = ClustersService()


@router.get("/")
def list_clusters():
    return service.list()


@router.get("/{key}")
def get_clusters(key: str):
    return service.get(key)


@router.delete("/{key}", status_code=204)
def delete_clusters(key: str):
    service.delete(key)
