"""noqa, against the real flake8."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flake8_lambda_perf.suppress import Suppressions

PROBE = '''\
import ast


class Probe:
    """Reports LPF101 and LPF202 on the line of every call of boto3.client and of every name `here`."""

    def __init__(self, tree):
        self.tree = tree

    def run(self):
        for line in reported(self.tree):
            for code in ("LPF101", "LPF202"):
                yield line, 0, f"{code} found", type(self)


def reported(tree):
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "here")
    return sorted({node.lineno for node in nodes})
'''

FLAKE8_WITHOUT_US = """\
import importlib.metadata as metadata
import sys

from flake8.main.cli import main

installed = metadata.distributions
metadata.distributions = lambda: (found for found in installed() if found.metadata["name"] != "flake8-lambda-perf")
sys.exit(main())
"""

SETTINGS = """\
[flake8]
select = LPF

[flake8:local-plugins]
extension =
    LPF = probe:Probe
paths = .
"""

SNIPPETS = {
    "no comment": "here\n",
    "blanket": "here  # noqa\n",
    "blanket in other letters": "here  # NoQA\n",
    "no blank after the hash": "here  #noqa\n",
    "two blanks after the hash": "here  #  noqa\n",
    "code": "here  # noqa: LPF101\n",
    "code without a blank": "here  # noqa:LPF101\n",
    "code after two blanks": "here  # noqa:  LPF101\n",
    "code after a blank before the colon": "here  # noqa : LPF101\n",
    "code without a colon": "here  # noqa LPF101\n",
    "letters only": "here  # noqa: LPF\n",
    "prefix": "here  # noqa: LPF1\n",
    "another code": "here  # noqa: E501\n",
    "another code, then ours": "here  # noqa: E501,LPF101\n",
    "capital word, two codes": "here  # NOQA:LPF101,LPF2\n",
    "codes apart by blanks": "here  # noqa: LPF101 LPF202\n",
    "codes apart by comma and blank": "here  # noqa: LPF101 , LPF202\n",
    "trailing comma": "here  # noqa: LPF101,\n",
    "lower-case code": "here  # noqa: lpf101\n",
    "lower-case and another": "here  # noqa: lpf101,LPF202\n",
    "a rule's name": "here  # noqa: aws-client-per-invocation\n",
    "a name after a code": "here  # noqa: LPF101 because it is cheap\n",
    "a code, then a word with digits": "here  # noqa: LPF101 see ABC123\n",
    "colon and nothing": "here  # noqa:\n",
    "semicolon": "here  # noqa; LPF101\n",
    "word goes on": "here  # noqafoo\n",
    "after another comment": "here  # type: ignore # noqa: LPF101\n",
    "two marks, the first counts": "here  # noqa: E501  # noqa: LPF101\n",
    "in a string": "here('# noqa: LPF101')\n",
    "line above": "# noqa\nhere\n",
    "line below": "here\n# noqa\n",
    "other statement of the line": "a = 1; here  # noqa: LPF101\n",
    "multi-line string": "here('''a\nb\n''')  # noqa\n",
    "inside a multi-line string": "here('''a\n# noqa: LPF202\n''')\n",
    "two multi-line strings": "here('''a\n''', here('''\n'''))  # noqa: LPF1\n",
    "multi-line string elsewhere in the call": "here(\n    '''a\n    b''',  # noqa\n    here,\n)\n",
    "f-string over lines": "x = f'''{here}\n{here}\n'''  # noqa\n",
    "backslash": "here + \\\n    here  # noqa\n",
    "backslash, code on the last": "x = here \\\n    + here \\\n    + here  # noqa: LPF202\n",
    "blanket on another line of a call": "here(\n    1,\n)  # noqa\n",
    "blanket on the first of two": "here(  # noqa\n    here,\n)\n",
    "blanket beside a comprehension's line": "x = [\n    a\n    for a in here  # noqa\n    if here\n]\n",
    "whole file": "here\n# flake8: noqa\n",
    "whole file with codes": "here\n# flake8: noqa: LPF101\n",
    "whole file in other spellings": "    # FLAKE8=NoQA\nhere\n",
    "whole file behind code": "here  # flake8: noqa\n",
    "whole file without a blank": "#flake8: noqa\nhere\n",
    "whole file inside a string": "'''\n# flake8: noqa\n'''\nhere\n",
    "form feed": "a = 1\n\x0chere  # noqa\n",
    "separator that is no newline": "x = '\x1c\u2028'\nhere  # noqa: LPF101\n",
    "windows newlines": "here  # noqa: LPF101\r\nhere(\r\n'''\r\n''')  # noqa\r\nhere\r\n",
    "lone carriage returns": "a = 1\rhere  # noqa: LPF101\rhere\r",
    "no newline at the end": "here\nhere  # noqa",
    "decorator": "@here  # noqa\ndef f(): pass\n\n@here\ndef g(): pass  # noqa\n",
    "header": "def f(\n    a=here,  # noqa\n    b=here,\n):\n    here\n",
    "comment between": "here\n\n  # noqa\n\nhere\n",
    "unicode": "é = here  # noqa: LPF101 é\nhere  # noqa:\u00a0LPF101\n",
    "tabs": "here\t# noqa:\tLPF101\t,LPF2\n",
}


def reported(tree: ast.Module) -> list[int]:
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "here")
    return sorted({node.lineno for node in names})


def shown(text: str) -> set[tuple[str, int]]:
    """What is left of LPF101 and LPF202 on every line with the name `here`."""
    tree = ast.parse(text)
    suppressions = Suppressions(text)
    codes = ("LPF101", "LPF202")
    return {(code, line) for line in reported(tree) for code in codes if not suppressions.hides(code, line)}


@pytest.fixture(scope="module")
def shown_by_flake8(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[tuple[str, int]]]:
    folder = tmp_path_factory.mktemp("flake8")
    (folder / "probe.py").write_text(PROBE)
    (folder / "without_us.py").write_text(FLAKE8_WITHOUT_US)
    (folder / "setup.cfg").write_text(SETTINGS)
    names = list(SNIPPETS)
    for number, name in enumerate(names):
        (folder / f"s{number}.py").write_bytes(SNIPPETS[name].encode())
    return _by_snippet(folder, names)


def _by_snippet(folder: Path, names: list[str]) -> dict[str, set[tuple[str, int]]]:
    files = [f"s{number}.py" for number in range(len(names))]
    options = ["--config=setup.cfg", "--jobs=1", "--format=%(path)s %(code)s %(row)d"]
    environment = {**os.environ, "PYTHONUTF8": "1"}
    command = [sys.executable, "without_us.py", *options, *files]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)
    assert run.returncode == 1, run.stderr
    found: dict[str, set[tuple[str, int]]] = {name: set() for name in names}
    for row in run.stdout.splitlines():
        path, code, line = row.split()
        found[names[int(path.removeprefix("s").removesuffix(".py"))]].add((code, int(line)))
    return found


@pytest.mark.parametrize("name", SNIPPETS)
def test_noqa_hides_what_flake8_hides(name: str, shown_by_flake8: dict[str, set[tuple[str, int]]]) -> None:
    assert shown(SNIPPETS[name]) == shown_by_flake8[name]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("here(\n    1,\n)  # noqa: LPF101\n", {("LPF202", 1)}, id="behind the closing bracket"),
        pytest.param("here(\n    1,  # noqa: LPF1, LPF202\n)\n", set(), id="on a line between"),
        pytest.param("x = (  # noqa: LPF101\n    here\n)\n", {("LPF202", 2)}, id="on the first line"),
        pytest.param("here(\n    1,\n)  # noqa: lpf101\n", {("LPF101", 1), ("LPF202", 1)}, id="lower-case code"),
        pytest.param(
            "x = [\n    here  # noqa: LPF101\n    for a in b\n    if here\n]\n",
            {("LPF202", 2), ("LPF202", 4)},
            id="comprehension",
        ),
        pytest.param(
            "def f(\n    a=here,\n):  # noqa: LPF101\n    here\n",
            {("LPF202", 2), ("LPF101", 4), ("LPF202", 4)},
            id="header of a function, not its body",
        ),
        pytest.param(
            "with here(\n    1\n) as a:\n    pass  # noqa: LPF101\n",
            {("LPF101", 1), ("LPF202", 1)},
            id="body of a with, not its header",
        ),
        pytest.param(
            "if here(\n    1\n):\n    # noqa: LPF101\n    pass\n",
            {("LPF101", 1), ("LPF202", 1)},
            id="comment between header and body",
        ),
        pytest.param(
            "@here(\n    1\n)\n@other\ndef f():  # noqa: LPF101\n    here\n",
            {("LPF202", 1), ("LPF101", 6), ("LPF202", 6)},
            id="decorators belong to their header",
        ),
        pytest.param(
            "try:\n    pass\nexcept (\n    here\n):  # noqa: LPF202\n    pass\n", {("LPF101", 4)}, id="except clause"
        ),
        pytest.param(
            "here(\n    '''\n# noqa: LPF101\n''',\n)\n", {("LPF101", 1), ("LPF202", 1)}, id="a string is no comment"
        ),
        pytest.param("here\nother(\n)  # noqa: LPF101\n", {("LPF101", 1), ("LPF202", 1)}, id="statement below"),
    ],
)
def test_a_noqa_with_codes_counts_on_any_line_of_its_statement(text: str, expected: set[tuple[str, int]]) -> None:
    assert shown(text) == expected


def test_a_line_that_does_not_exist_is_not_hidden() -> None:
    assert not Suppressions("# noqa\n").hides("LPF101", 7)


def test_where_the_tokenizer_gives_up_the_line_alone_counts() -> None:
    suppressions = Suppressions("here(  # noqa: LPF101\n  here,\n")
    assert [suppressions.hides("LPF101", 1), suppressions.hides("LPF101", 2)] == [True, False]


def test_an_empty_file_hides_nothing() -> None:
    assert not Suppressions("").hides("LPF101", 1)
