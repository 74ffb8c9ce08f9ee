"""LPF112."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_lambda_perf.rules.clients._client import ClientRule

if TYPE_CHECKING:
    import libcst as cst

    from flake8_lambda_perf.project.facts import Site

EXISTS = ("exists", "isfile", "is_file", "stat(", "getsize")
UPLOADS = ("upload_file", "upload_fileobj", "put_object")


class ArtifactLoadPerInvocation(ClientRule):
    """A file that never changes is loaded again on every invocation.

    Why: a model, a table or a settings file that is part of the deployment is the same for every request. Loaded at
        module scope it is read once, in the init phase; unpickling a model can take longer than the request itself.
    Cost: unmeasured here: it grows with the file.
    Slow:
        import joblib


        def handler(event, context):
            model = joblib.load("model.joblib")  # LPF112
            return model.predict([event["features"]])[0]
    Fast:
        import joblib

        model = joblib.load("model.joblib")


        def handler(event, context):
            return model.predict([event["features"]])[0]
    Fix: Unsafe: the load moves to module scope, or into a cached function where only some requests need it; what is
        loaded stays in memory, and a newer version is not seen. Not offered for downloads.
    """

    code = "LPF112"
    name = "artifact-load-per-invocation"
    message = "`{factory}` loads the same artifact on every invocation of `{handler}`; load it once, at module scope"
    triggers = ("load", "read_", "Interpreter", "pipeline", "from_pretrained", "InferenceSession", "Reader")

    def visit_Call(self, node: cst.Call) -> None:
        """Looks at every call."""
        build = self.view.built_at(node)
        if build is None:
            self._look_for_download(node)
        elif build.client.code == self.code and self.view.suspects.artifacts.is_constant(build.site, build.client.name):
            self.report_build(node, build)

    def _look_for_download(self, node: cst.Call) -> None:
        """Reports `s3.download_file("bucket", "key", "file")`, unless it is done only when the file is missing."""
        names = self.view.names_of(node)
        if not names or not all(name.startswith("boto3.") and name.endswith(".download_file") for name in names):
            return
        site = self.view.site_of(node)
        if site is None or self._may_change(site):
            return
        proof = self.view.proof_of(site)
        if proof is not None:
            factory = ast.unparse(site.node.func)
            evidence = self.view.evidence(proof, site.node.lineno, f"`{factory}(...)` downloads the same object")
            self.report(node, evidence, factory=factory, handler=evidence.handler_name)

    def _may_change(self, site: Site) -> bool:
        """Tells whether key or file are not literal, the file is looked for first, or objects are written here too."""
        values = [*site.node.args, *(keyword.value for keyword in site.node.keywords)]
        named = values[-2:]
        if len(values) < 2 or any(self.view.suspects.artifacts.literals(value, site.place) is None for value in named):
            return True
        if any(word in test for test in self.view.tests_around(site.place) for word in EXISTS):
            return True
        return any(word in self.view.module.text for word in UPLOADS)
