"""LPF603."""

from __future__ import annotations

from flake8_lambda_perf.rules.snapshot._captured import CapturedRule


class SecretAtImport(CapturedRule):
    """A secret, a token or a signed address is fetched when a module is imported, and may expire before it is used.

    Why: a snapshot lives as long as the version of the function. Secrets are rotated, tokens and signed addresses
        expire, and frozen credentials do not renew themselves. Without SnapStart only what surely expires is reported,
        at module level: an assumed role's credentials (an hour), signed addresses, tokens for a database (15 minutes),
        that functions read and do not assign again. Environments live for hours.
    Cost: none in time: requests fail once it has expired.
    Slow:
        # file: lambda-perf.toml
        snapstart = true
        # file: app.py
        import boto3

        secrets = boto3.client("secretsmanager")
        PASSWORD = secrets.get_secret_value(SecretId="orders")["SecretString"]  # LPF603


        def handler(event, context):
            return {"length": len(PASSWORD)}
    Fast:
        # file: lambda-perf.toml
        snapstart = true
        # file: app.py
        import boto3
        from snapshot_restore_py import register_after_restore

        secrets = boto3.client("secretsmanager")
        PASSWORD = secrets.get_secret_value(SecretId="orders")["SecretString"]


        def handler(event, context):
            return {"length": len(PASSWORD)}


        @register_after_restore
        def renew_password():
            global PASSWORD
            PASSWORD = secrets.get_secret_value(SecretId="orders")["SecretString"]
    Fix: Unsafe: a function that runs after each restore assigns the value again, through the package snapshot-
        restore-py. Not offered where other statements or modules took the value at import.
    """

    code = "LPF603"
    name = "secret-at-import"
    message = (
        "`{factory}` fetches before the snapshot of `{handler}` what may have expired when it is restored; "
        "fetch it after a restore"
    )
    triggers = (
        "get_secret",
        "get_parameter",
        "presigned",
        "auth_token",
        "assume_role",
        "AWS4Auth",
        "frozen",
    )
    kind = "secret"
    frozen = (
        "`{factory}` runs once, when the module is imported: what it gives expires while requests of `{handler}` still "
        "use it; ask for it when it is needed"
    )
