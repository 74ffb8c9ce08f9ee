"""What a kept connection does while it runs: it serves requests until the server is gone, and starts each one anew."""

from __future__ import annotations

import sys
import types
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from hoisting import hoisted

if TYPE_CHECKING:
    from pathlib import Path

SERVICE = """\
import {driver}


def handler(event, context):
    conn = {driver}.connect(host="db")
    conn.execute(event["sql"])
    if event["commit"]:
        conn.commit()
    conn.close()
    return event["sql"]
"""
DRIVERS = ["psycopg2", "psycopg", "pymysql", "mysql.connector"]


class GoneError(Exception):
    """What a driver raises for a connection that the server has ended."""


@dataclass
class Connection:
    """A connection of a fake server: what is not committed is lost when the transaction ends."""

    server: Server
    alive: bool = True
    open: list[str] = field(default_factory=list)

    def _ask(self) -> None:
        if not self.alive:
            raise GoneError

    def execute(self, sql: str) -> None:
        self._ask()
        self.open.append(sql)

    def commit(self) -> None:
        self._ask()
        self.server.kept += self.open
        self.open.clear()

    def rollback(self) -> None:
        if self.open or self.server.driver != "psycopg":
            self._ask()
        self.open.clear()

    def reset(self) -> None:
        self.rollback()

    def is_connected(self) -> bool:
        return self.alive

    def close(self) -> None:
        self.open.clear()


@dataclass
class Server:
    """A fake server, with the driver's module that connects to it."""

    driver: str
    connections: list[Connection] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    def connect(self, **_settings: str) -> Connection:
        self.connections.append(Connection(self))
        return self.connections[-1]

    def module(self) -> types.ModuleType:
        made = types.ModuleType(self.driver)
        vars(made).update(connect=self.connect, Error=GoneError)
        return made


def run(text: str, server: Server, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Serves four requests; the server ends the connection before the third."""
    parent, _, last = server.driver.rpartition(".")
    monkeypatch.setitem(sys.modules, server.driver, server.module())
    if parent:
        outer = types.ModuleType(parent)
        setattr(outer, last, sys.modules[server.driver])
        monkeypatch.setitem(sys.modules, parent, outer)
    scope: dict[str, Any] = {}
    exec(compile(text, "app.py", "exec"), scope)  # noqa: S102 - the program under test
    answers = []
    for number, commit in enumerate((True, False, True, True)):
        if number == 2:
            server.connections[-1].alive = False
        answers.append(scope["handler"]({"sql": f"insert {number}", "commit": commit}, None))
    return answers


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_kept_connection_answers_as_a_new_one_and_connects_again_when_it_is_gone(
    driver: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = SERVICE.format(driver=driver)
    after = hoisted(tmp_path, {"app.py": before}, unsafe=True)["app.py"]
    old, new = Server(driver), Server(driver)
    assert run(after, new, monkeypatch) == run(before, old, monkeypatch)
    assert new.kept == old.kept == ["insert 0", "insert 2", "insert 3"]
    assert (len(old.connections), len(new.connections)) == (4, 2)
