"""Serves /certificates."""

from fastapi import APIRouter

from dashboard.services.certificates import CertificatesService

router = APIRouter(tags=["certificates"])
service = CertificatesService()


@router.get("/")
def list_certificates():
    return service.list()


@router.get("/{key}")
def get_certificates(key: str):
    return service.get(key)


@router.delete("/{key}", status_code=204)
def delete_certificates(key: str):
    service.delete(key)
