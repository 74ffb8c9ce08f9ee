"""What an expression is: names, imports, attributes, calls and containers."""

from __future__ import annotations

import pytest
from analysed import analysed, result_of, text_of

HANDLER = "import boto3\n\ndef handler(event, context):\n    boto3.client('s3')\n"


def meaning(program: str) -> set[str]:
    """What `result` can be."""
    analysis = analysed(program)
    return {text_of(value) for value in analysis.names.binding(result_of(analysis))}


def test_a_name_is_what_its_import_says() -> None:
    assert meaning("import boto3 as aws\nresult = aws.client") == {"boto3.client"}
    assert meaning("from boto3 import client as make\nresult = make") == {"boto3.client"}
    assert meaning("import os.path\nresult = os.path.join") == {"os.path.join"}


def test_a_name_assigned_in_two_branches_is_both() -> None:
    assert meaning("import sys\nif sys.argv:\n    x = 1\nelse:\n    x = 2\nresult = x") == {"1", "2"}


def test_an_optional_module_is_it_or_none() -> None:
    program = "try:\n    import boto3\nexcept ImportError:\n    boto3 = None\nresult = boto3"
    assert meaning(program) == {"boto3", "None"}


def test_a_local_shadows_a_global() -> None:
    assert meaning("x = 1\ndef f():\n    x = 2\n    result = x") == {"2"}


def test_a_class_body_is_not_seen_by_its_methods() -> None:
    assert meaning("x = 1\nclass A:\n    x = 2\n    def f(self):\n        result = x") == {"1"}


def test_a_global_written_by_a_function_is_all_it_gets() -> None:
    assert meaning("x = 1\ndef f():\n    global x\n    x = 2\ndef g():\n    result = x") == {"1", "2"}


def test_a_deleted_name_is_nothing() -> None:
    assert meaning("x = 1\ndel x\nresult = x") == set()


def test_what_nothing_binds_is_unknown() -> None:
    assert meaning("result = missing") == {"unknown"}
    assert meaning("result = len") == {"len"}


def test_the_length_of_a_literal_that_cannot_change_is_known() -> None:
    assert meaning("result = len('ab')") == {"2"}
    assert meaning("x = ('a', 'b', 'c')\nresult = len(x)") == {"3"}
    assert meaning("x = ['a']\nresult = len(x)") == {"len()"}
    assert meaning("x = ('a', *missing)\nresult = len(x)") == {"len()"}


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("# file: app.py\nimport a\nresult = a.x\n# file: a.py\nx = 1", "1"),
        ("# file: app.py\nfrom a import x\nresult = x\n# file: a.py\nx = 1", "1"),
        ("# file: app.py\nfrom a import *\nresult = x\n# file: a.py\nx = 1", "1"),
        ("# file: app.py\nfrom p import b\nresult = b\n# file: p/__init__.py\n# file: p/b.py\nx = 1", "module p/b.py"),
        ("# file: app.py\nimport p\nresult = p.b\n# file: p/__init__.py\n# file: p/b.py\nx = 1", "module p/b.py"),
        (
            (
                "# file: app.py\nfrom p import y\nresult = y\n# file: p/__init__.py\nfrom .b import x as y\n"
                "# file: p/b.py\nx = 1"
            ),
            "1",
        ),
        ("# file: app.py\nimport importlib\nresult = importlib.import_module('a').x\n# file: a.py\nx = 1", "1"),
        ("# file: app.py\nfrom a import x\nresult = x\n# file: a.py\ndef __getattr__(name):\n    return 1", "unknown"),
        ("# file: app.py\nfrom a import missing\nresult = missing\n# file: a.py\nx = 1", "unknown"),
        ("# file: app.py\nfrom . import missing\nresult = missing", "unknown"),
        (
            "# file: app.py\nfrom a import x\nresult = x\n# file: a.py\nfrom b import x\n# file: b.py\nfrom a import x",
            None,
        ),
    ],
)
def test_an_import_is_followed_to_the_file_that_defines_the_name(program: str, expected: str | None) -> None:
    assert meaning(program) == ({expected} if expected is not None else set())


def test_star_imports_of_other_libraries_may_bind_anything() -> None:
    assert meaning("from tkinter import *\nresult = x") == {"unknown"}


def test_calls_give_what_the_function_returns() -> None:
    assert meaning("def f():\n    return 1\nresult = f()") == {"1"}
    assert meaning("def f():\n    pass\nresult = f()") == {"None"}
    assert meaning("def f():\n    return f()\nresult = f()") == set()
    assert meaning("result = (lambda: 1)()") == {"1"}
    assert meaning("def f():\n    yield 1\nresult = f()") == {"unknown"}


def test_calls_of_what_cannot_be_called_give_nothing() -> None:
    assert meaning("x = 1\nresult = x()") == set()


def test_a_partial_gives_what_its_function_gives() -> None:
    program = "import functools\nimport boto3\nmake = functools.partial(boto3.client, 's3')\nresult = make()"
    assert meaning(program) == {"boto3.client()"}


def test_instances_have_what_their_class_and_its_bases_bind() -> None:
    program = (
        "class B:\n    x = 1\nclass A(B):\n    def __init__(self):\n        self.y = 2\nresult = (A().x, A().y)[{}]"
    )
    assert meaning(program.format(0)) == {"1"}
    assert meaning(program.format(1)) == {"2"}


def test_methods_of_instances_are_bound_and_static_ones_are_not() -> None:
    program = "class A:\n    {}\n    def f(*args):\n        return 1\nresult = {}.f"
    assert meaning(program.format("", "A()")) == {"method A.f"}
    assert meaning(program.format("", "A")) == {"function A.f"}
    assert meaning(program.format("@staticmethod", "A()")) == {"function A.f"}
    assert meaning(program.format("@classmethod", "A")) == {"method A.f"}


def test_a_property_is_what_it_returns() -> None:
    program = "class A:\n    @property\n    def x(self):\n        return 1\nresult = {}.x"
    assert meaning(program.format("A()")) == {"1"}
    assert meaning(program.format("A")) == {"unknown"}


def test_super_finds_the_method_of_the_base_class() -> None:
    program = (
        "class B:\n    def f(self):\n        return 1\nclass A(B):\n    def f(self):\n        result = super().f()"
    )
    assert meaning(program) == {"1"}
    assert meaning("class A(dict):\n    def f(self):\n        result = super().get") == {"dict().get"}
    assert meaning("class A:\n    def f(self):\n        result = super().g") == {"unknown"}
    assert meaning("result = super()") == {"unknown"}


def test_attributes_of_a_library_base_class_belong_to_the_library() -> None:
    assert meaning("import threading\nclass A(threading.Thread):\n    pass\nresult = A().start") == {
        "threading.Thread().start"
    }
    assert meaning("class A:\n    pass\nresult = A().x") == {"unknown"}


def test_what_an_object_is_asked_for_by_name_is_found() -> None:
    assert meaning("class A:\n    x = 1\nresult = getattr(A(), 'x')") == {"1"}
    assert meaning("class A:\n    x = 1\nresult = getattr(A(), 'x', 2)") == {"1", "2"}
    assert meaning("class A:\n    x = 1\nname = input()\nresult = getattr(A(), name)") == {"unknown"}
    assert meaning("class A:\n    pass\nresult = type(A())") == {"class A"}
    assert meaning("class A:\n    pass\nresult = A().__class__") == {"class A"}
    assert meaning("result = type(input())") == {"unknown"}


def test_called_instances_give_what_call_returns() -> None:
    assert meaning("class A:\n    def __call__(self):\n        return 1\nresult = A()()") == {"1"}


def test_alternate_constructors_of_a_library_give_instances() -> None:
    program = "from pydantic import BaseModel\nclass A(BaseModel):\n    x: int\nresult = A.model_validate({})"
    assert meaning(program) == {"a A"}


def test_a_parameter_is_what_the_calls_give_it() -> None:
    program = HANDLER + "    f('a')\n    f('b')\n\ndef f(x, y='c'):\n    result = {}\n    boto3.client(x)\n"
    assert meaning(program.format("x")) == {"'a'", "'b'"}
    assert meaning(program.format("y")) == {"'c'"}


def test_a_parameter_that_the_platform_gives_is_unknown_and_the_others_keep_their_default() -> None:
    program = "import boto3\n\ndef handler(event, context, retries=3):\n    result = {}\n    boto3.client('s3')\n"
    assert meaning(program.format("event")) == {"unknown"}
    assert meaning(program.format("retries")) == {"3"}


def test_an_annotated_parameter_is_an_instance_of_the_class() -> None:
    program = "class A:\n    pass\nclass B:\n    pass\ndef f(x: {}):\n    result = x\n"
    assert meaning(program.format("A")) == {"a A"}
    assert meaning(program.format("'A'")) == {"a A"}
    assert meaning(program.format("A | B")) == {"a A", "a B"}
    assert meaning(program.format("'no type'")) == {"unknown"}
    assert meaning(program.format("list[A]")) == {"unknown"}


def test_an_annotated_field_is_an_instance_of_the_class() -> None:
    assert meaning("class A:\n    pass\nclass B:\n    x: A\nresult = B().x") == {"a A"}


def test_rest_parameters_are_what_the_call_leaves_to_them() -> None:
    program = HANDLER + "    f(1, 2, a=3)\n\ndef f(x, *args, **kwargs):\n    result = {}\n    boto3.client('s3')\n"
    assert meaning(program.format("args[0]")) == {"2"}
    assert meaning(program.format("kwargs['a']")) == {"3"}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("[1, 2][0]", {"1"}),
        ("[1, 2][-1]", {"1", "2"}),
        ("[1, 2][index]", {"1", "2"}),
        ("{'a': 1, 'b': 2}['a']", {"1"}),
        ("{'a': 1, 'b': 2}[index]", {"1", "2"}),
        ("{'a': 1, **other}[index]", {"1", "unknown"}),
        ("{'a': 1}.get('a')", {"1"}),
        ("{'a': 1}.get('b')", {"None"}),
        ("{'a': 1}.get('b', 2)", {"2"}),
        ("{'a': 1}.get(index, 2)", {"1", "2"}),
        ("index.get('a')", {"unknown"}),
        ("{'a': 1, 'b': 2}['a' if index else 'b']", {"1", "2"}),
        ("input['a']", {"input[]"}),
        ("1 if index else 2", {"1", "2"}),
        ("index or 2", {"unknown", "2"}),
        ("(x := 1)", {"1"}),
        ("[*index]", {"[*index]"}),
        ("f'{index}'", {"unknown"}),
    ],
)
def test_containers_and_choices_give_what_may_be_taken_out(expression: str, expected: set[str]) -> None:
    assert meaning(f"import sys\nother = unknown()\nindex = unknown()\nresult = {expression}") == expected


def test_a_choice_inside_a_branch_with_the_same_test_is_made() -> None:
    program = "def f(x):\n    if x['a']:\n        result = 1 if x['a'] else 2\n"
    assert meaning(program) == {"1"}
    assert meaning(program.replace("if x['a']:", "if not x['a']:")) == {"1", "2"}


def test_unpacking_loops_and_with_bind_what_they_go_over() -> None:
    assert meaning("x = (1, 2)\na, b = x\nresult = b") == {"2"}
    assert meaning("a, b = unknown()\nresult = b") == {"unknown"}
    assert meaning("a, *b = 1, 2\nresult = b") == {"unknown"}
    assert meaning("for a in (1, 2):\n    result = a") == {"1", "2"}
    assert meaning("for a in {1: 2}:\n    result = a") == {"1"}
    assert meaning("for a in unknown():\n    result = a") == {"unknown"}
    assert meaning("for a, b in unknown():\n    result = a") == {"unknown"}
    assert meaning("with open('x') as a:\n    result = a") == {"open()"}
    assert meaning("with unknown() as (a, b):\n    result = a") == {"unknown"}


def test_context_managers_of_the_project_bind_what_they_enter_or_yield() -> None:
    assert meaning("class A:\n    def __enter__(self):\n        return 1\nwith A() as a:\n    result = a") == {"1"}
    assert meaning(
        "import contextlib\n@contextlib.contextmanager\ndef f():\n    yield 1\nwith f() as a:\n    result = a"
    ) == {"1"}


def test_an_attribute_set_from_elsewhere_is_that_too() -> None:
    settings = "class A:\n    x = 1\na = A()\n"
    program = HANDLER + f"    {{}}\n    result = a.x\n\n{settings}"
    assert meaning(program.format("a.x = 2")) == {"1", "2"}
    assert meaning(program.format("a.x += 2")) == {"1", "unknown"}
    assert meaning(program.format("setattr(a, 'x', 2)")) == {"1", "2"}
    assert meaning(program.format("event.y = 2")) == {"1"}
    assert meaning(program.format("event.x = 2")) == {"1", "unknown"}


def test_a_global_set_from_another_module_is_that_too() -> None:
    program = "# file: app.py\n" + HANDLER + "    a.x = 2\n    result = a.x\nimport a\n# file: a.py\nx = 1"
    assert meaning(program) == {"1", "2"}


def test_a_chain_too_long_to_name_is_unknown() -> None:
    assert meaning("import a\nresult = a." + "long" * 50 + ".b") == {"unknown"}
    assert meaning("import a\nresult = a" + "()" * 100) == {"unknown"}


def test_more_values_than_a_handful_are_unknown() -> None:
    lines = [f"if a.b({number}):\n    x = {number}\n" for number in range(30)]
    assert meaning("import a\n" + "".join(lines) + "result = x") == {"unknown"}
