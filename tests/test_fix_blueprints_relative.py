"""The codemod of LPF302 where the application imports its blueprints relatively."""

from __future__ import annotations

from pathlib import Path

from router_projects import edited
from test_fix_blueprints import MAIN, NEEDS_FLASK, apply, outcome, planned, project

from flake8_lambda_perf.model import Fix

RELATIVE = MAIN.replace("from shop.views", "from .views").replace('name_prefix="pre"', 'url_prefix="/cee"')


def test_the_new_file_is_imported_relatively_too() -> None:
    fix = planned(project(RELATIVE))
    assert isinstance(fix, Fix)
    assert edited(fix, RELATIVE).startswith(
        """from flask import Flask

from .lazy_blueprints import (
    a_blueprint,
    b_blueprint,
    c_blueprint,
    d_blueprint,
    z_blueprint,
)

app = Flask(__name__)
"""
    )
    assert [new.path for new in fix.creates] == ["shop/lazy_blueprints.py"]


@NEEDS_FLASK
def test_lazy_blueprints_that_are_imported_relatively_answer_as_eager_ones(tmp_path: Path) -> None:
    made = project(RELATIVE)
    for name, text in made.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    fix = planned(made)
    assert isinstance(fix, Fix)
    eager = outcome(tmp_path)
    apply(tmp_path, made, fix)
    lazy = outcome(tmp_path)
    assert lazy["same"] == eager["same"]
    assert lazy["at_start"] == []
