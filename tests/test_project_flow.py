"""Which bindings reach a use, which branches exclude each other, and how often a place runs."""

from __future__ import annotations

import ast

import pytest
from analysed import analysed, function_of, modules_of

from flake8_lambda_perf.project.flow import always_runs, is_dead, reaching, static_truth


def reached(body: str) -> list[str]:
    """What `x` may be where `use(x)` stands in a function of this body."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    analysis = analysed(f"def f(a):\n{lines}\n")
    function = function_of(analysis, "f")
    for site in function.calls:
        if isinstance(site.node.func, ast.Name) and site.node.func.id == "use":
            found = reaching(function.scope, "x", site.place)
            return [ast.unparse(binding.value) if binding.value is not None else binding.kind for binding in found]
    raise AssertionError(body)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("x = 1\nuse(x)", ["1"]),
        ("x = 1\nx = 2\nuse(x)", ["2"]),
        ("x = 1\nif a:\n    x = 2\nuse(x)", ["1", "2"]),
        ("x = 1\nif a:\n    x = 2\nelse:\n    x = 3\nuse(x)", ["2", "3"]),
        ("x = 1\nif a:\n    x = 2\n    use(x)", ["2"]),
        ("if a:\n    x = 1\nelse:\n    x = 2\n    use(x)", ["2"]),
        ("x = 1\nif a:\n    x = 2\n    return\nuse(x)", ["1"]),
        ("x = 1\nif a:\n    return\nx = 2\nuse(x)", ["2"]),
        ("for b in a:\n    use(x)\n    x = 1\n", ["1"]),
        ("x = 1\nfor b in a:\n    use(x)\n    x = 2\n", ["1", "2"]),
        ("x = 1\nfor b in a:\n    x = 2\n    use(x)", ["2"]),
        ("x = 1\nfor b in a:\n    x = 2\nuse(x)", ["1", "2"]),
        ("x = 1\nfor b in a:\n    if b:\n        x = 2\n        break\nuse(x)", ["1", "2"]),
        ("x = 1\nwhile a:\n    x = 2\n    continue\nuse(x)", ["1", "2"]),
        ("try:\n    x = 1\nexcept KeyError:\n    x = 2\nuse(x)", ["1", "2"]),
        ("try:\n    x = 1\nexcept KeyError:\n    x = 2\n    use(x)", ["2"]),
        ("try:\n    x = 1\nexcept KeyError:\n    raise\nuse(x)", ["1"]),
        ("x = 1\ntry:\n    a()\nfinally:\n    x = 2\nuse(x)", ["2"]),
        ("with a as x:\n    use(x)", ["a"]),
        ("with a:\n    x = 1\nuse(x)", ["1"]),
        ("x = 1\nwith a:\n    x = 2\nuse(x)", ["2"]),
        ("match a:\n    case 1:\n        x = 1\n    case _:\n        x = 2\nuse(x)", ["1", "2"]),
        ("match a:\n    case [x, *_]:\n        use(x)\n    case {**x}:\n        pass", ["a"]),
        ("x = 1\nmatch a:\n    case 1 if a:\n        x = 2\nuse(x)", ["1", "2"]),
        ("x = 1\nx += 2\nuse(x)", ["1", "2"]),
        ("x = 1\ndel x\nuse(x)", ["del"]),
        ("x: int = 1\nuse(x)", ["1"]),
        ("x: int\nx = 1\nuse(x)", ["1"]),
        ("def x():\n    pass\nuse(x)", ["def"]),
        ("class x:\n    pass\nuse(x)", ["class"]),
        ("import x\nuse(x)", ["import"]),
        ("(x := 1)\nuse(x)", ["1"]),
        ("[(x := b) for b in a]\nuse(x)", ["b"]),
        ("if (x := a):\n    use(x)", ["a"]),
        ("try:\n    a()\nexcept KeyError as x:\n    use(x)", ["except"]),
    ],
)
def test_a_use_sees_the_bindings_that_reach_it(body: str, expected: list[str]) -> None:
    assert reached(body) == expected


def places(body: str) -> dict[str, str]:
    """How each call of a function of this body is run: always, sometimes or never."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    found = {}
    for module in modules_of(analysed(f"def f(a):\n{lines}\n")):
        for site in module.sites.values():
            name = ast.unparse(site.node.func)
            if is_dead(site.place):
                found[name] = "never"
            else:
                found[name] = "always" if always_runs(site.place) else "sometimes"
    return found


def test_what_stands_under_no_condition_always_runs() -> None:
    body = "one()\ntry:\n    two()\nfinally:\n    three()\nwith four():\n    five()"
    assert set(places(body).values()) == {"always"}


def test_what_stands_under_a_condition_runs_sometimes() -> None:
    body = (
        "if one():\n    two()\nelif a:\n    three()\na and four()\nfive() if a else six()\n"
        "match a:\n    case 1:\n        seven()"
    )
    found = places(body)
    assert found.pop("one") == "always"
    assert set(found.values()) == {"sometimes"}


def test_what_follows_an_early_exit_runs_sometimes() -> None:
    assert places("if a:\n    return\none()") == {"one": "sometimes"}
    assert places("if a:\n    pass\nelse:\n    raise a\none()") == {"one": "sometimes"}
    assert places("if a:\n    sys.exit()\none()") == {"sys.exit": "sometimes", "one": "sometimes"}
    assert places("if a:\n    exit()\none()") == {"exit": "sometimes", "one": "sometimes"}


def test_what_follows_an_exit_is_not_looked_at() -> None:
    assert places("return\none()") == {}
    assert places("raise a\none()") == {}
    assert places("while True:\n    pass\none()") == {}
    assert places("while True:\n    break\none()") == {"one": "always"}
    assert places("while True:\n    for b in a:\n        break\none()") == {}
    assert places("if a:\n    return\nelse:\n    return\none()") == {}
    assert places("try:\n    return\nfinally:\n    pass\none()") == {}
    assert places("with a:\n    return\none()") == {}
    assert places("match a:\n    case _:\n        return\none()") == {}


def test_what_stands_in_a_loop_or_comprehension_runs_sometimes() -> None:
    assert places("for b in one():\n    two()\nelse:\n    three()") == {
        "one": "always",
        "two": "sometimes",
        "three": "sometimes",
    }
    assert places("while one():\n    two()") == {"one": "sometimes", "two": "sometimes"}
    assert places("[one() for b in two() if three()]") == {"one": "sometimes", "two": "always", "three": "sometimes"}
    assert places("{one(): two() for b in a for c in three()}") == {
        "one": "sometimes",
        "two": "sometimes",
        "three": "sometimes",
    }


def test_what_never_runs_when_deployed_is_dead() -> None:
    assert places("if False:\n    one()\nelse:\n    two()") == {"one": "never", "two": "sometimes"}
    assert places("if TYPE_CHECKING:\n    one()") == {"one": "never"}
    assert places("while False:\n    one()") == {"one": "never"}
    assert places("one() if True else two()") == {"one": "sometimes"}


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("True", True),
        ("0", False),
        ("not 1", False),
        ("not a", None),
        ("typing.TYPE_CHECKING", False),
        ("__name__ == '__main__'", False),
        ("a or True", True),
        ("a and False", False),
        ("a and True", None),
        ("True and 1", True),
        ("a", None),
    ],
)
def test_the_text_of_a_test_may_decide_it(test: str, expected: bool | None) -> None:
    assert static_truth(ast.parse(test, mode="eval").body) is expected
