"""The credential dashboard behind API Gateway."""

from fastapi import FastAPI
from mangum import Mangum

from dashboard.routers import (
    accounts,
    alerts,
    approvals,
    audits,
    backups,
    certificates,
    clusters,
    consents,
    devices,
    exports,
    groups,
    hooks,
    imports,
    invites,
    keys,
    labels,
    leases,
    members,
    notices,
    passwords,
    policies,
    quotas,
    reports,
    roles,
    rotations,
    secrets,
    sessions,
    tokens,
    users,
    vaults,
)

app = FastAPI(title="Credential dashboard")


@app.get("/health")
def health():
    return {"status": "ok"}


app.include_router(accounts.router, prefix="/accounts")
app.include_router(alerts.router, prefix="/alerts")
app.include_router(approvals.router, prefix="/approvals")
app.include_router(audits.router, prefix="/audits")
app.include_router(backups.router, prefix="/backups")
app.include_router(certificates.router, prefix="/certificates")
app.include_router(clusters.router, prefix="/clusters")
app.include_router(consents.router, prefix="/consents")
app.include_router(devices.router, prefix="/devices")
app.include_router(exports.router, prefix="/exports")
app.include_router(groups.router, prefix="/groups")
app.include_router(hooks.router, prefix="/hooks")
app.include_router(imports.router, prefix="/imports")
app.include_router(invites.router, prefix="/invites")
app.include_router(keys.router, prefix="/keys")
app.include_router(labels.router, prefix="/labels")
app.include_router(leases.router, prefix="/leases")
app.include_router(members.router, prefix="/members")
app.include_router(notices.router, prefix="/notices")
app.include_router(passwords.router, prefix="/passwords")
app.include_router(policies.router, prefix="/policies")
app.include_router(quotas.router, prefix="/quotas")
app.include_router(reports.router, prefix="/reports")
app.include_router(roles.router, prefix="/roles")
app.include_router(rotations.router, prefix="/rotations")
app.include_router(secrets.router, prefix="/secrets")
app.include_router(sessions.router, prefix="/sessions")
app.include_router(tokens.router, prefix="/tokens")
app.include_router(users.router, prefix="/users")
app.include_router(vaults.router, prefix="/vaults")

handler = Mangum(app, lifespan="off")
