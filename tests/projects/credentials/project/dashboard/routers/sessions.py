"""Serves /sessions."""

from fastapi import APIRouter

from dashboard.services.sessions import SessionsService

router = APIRouter(tags=["sessions"])
service = SessionsService()


@router.get("/")
def list_sessions():
    return service.list()


@router.get("/{key}")
def get_sessions(key: str):
    return service.get(key)


@router.delete("/{key}", status_code=204)
def delete_sessions(key: str):
    service.delete(key)
