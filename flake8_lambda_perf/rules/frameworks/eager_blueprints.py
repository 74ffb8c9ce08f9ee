"""LPF302."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_lambda_perf.rules.frameworks._registration import RegistrationRule

if TYPE_CHECKING:
    import libcst as cst


class EagerBlueprints(RegistrationRule):
    """A Flask application imports the modules of all its blueprints to serve one path.

    Why: a function is started for one request, which needs one view. The modules of all others are imported all the
        same, with everything that they import, and every cold start pays for it.
    Cost: measured on two desktop cores, ten blueprints with eight views each: import of the application 649 ms, and
        111 ms with lazy views.
    Slow:
        # file: lambda-perf.toml
        max-eager-routers = 4
        # file: app.py
        import serverless_wsgi
        from flask import Flask
        from views import audit, banks, cards, debts, files

        app = Flask("orders")
        app.register_blueprint(audit.blueprint, url_prefix="/audit")  # LPF302
        app.register_blueprint(banks.blueprint, url_prefix="/banks")
        app.register_blueprint(cards.blueprint, url_prefix="/cards")
        app.register_blueprint(debts.blueprint, url_prefix="/debts")
        app.register_blueprint(files.blueprint, url_prefix="/files")


        def handler(event, context):
            return serverless_wsgi.handle_request(app, event, context)
        # file: views/audit.py
        from flask import Blueprint

        blueprint = Blueprint("audit", __name__)
        # file: views/banks.py
        from flask import Blueprint

        blueprint = Blueprint("banks", __name__)
        # file: views/cards.py
        from flask import Blueprint

        blueprint = Blueprint("cards", __name__)
        # file: views/debts.py
        from flask import Blueprint

        blueprint = Blueprint("debts", __name__)
        # file: views/files.py
        from flask import Blueprint

        blueprint = Blueprint("files", __name__)
    Fast:
        # file: lambda-perf.toml
        max-eager-routers = 4
        # file: app.py
        import serverless_wsgi
        from flask import Flask
        from lazy_blueprints import (
            audit_blueprint,
            banks_blueprint,
            cards_blueprint,
            debts_blueprint,
            files_blueprint,
        )

        app = Flask("orders")
        app.register_blueprint(audit_blueprint, url_prefix="/audit")
        app.register_blueprint(banks_blueprint, url_prefix="/banks")
        app.register_blueprint(cards_blueprint, url_prefix="/cards")
        app.register_blueprint(debts_blueprint, url_prefix="/debts")
        app.register_blueprint(files_blueprint, url_prefix="/files")


        def handler(event, context):
            return serverless_wsgi.handle_request(app, event, context)
        # file: views/audit.py
        from flask import Blueprint

        blueprint = Blueprint("audit", __name__)
        # file: views/banks.py
        from flask import Blueprint

        blueprint = Blueprint("banks", __name__)
        # file: views/cards.py
        from flask import Blueprint

        blueprint = Blueprint("cards", __name__)
        # file: views/debts.py
        from flask import Blueprint

        blueprint = Blueprint("debts", __name__)
        # file: views/files.py
        from flask import Blueprint

        blueprint = Blueprint("files", __name__)
    Fix: Unsafe: the rules of the blueprints move to a file of their own, each view is imported by its first request; a
        rule that is later added to a blueprint's module alone is not served. Blueprints with effects at import or used
        elsewhere stay as they are.
    """

    code = "LPF302"
    name = "eager-blueprints"
    message = "`{app}` loads {count} blueprints at cold starts of `{handler}` to serve one path; load each when needed"
    triggers = ("register_blueprint",)

    def visit_Call(self, node: cst.Call) -> None:
        """Looks at every call."""
        self.look_at(node, "register_blueprint", "blueprints")
