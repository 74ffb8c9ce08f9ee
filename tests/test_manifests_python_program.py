"""How deployment programs in Python are followed: paths, wrappers, loops, branches, files."""

from __future__ import annotations

from pathlib import Path

import pytest
from deployment_programs import CODE, FUNCTION, declared, in_short, reading, said, stack

from flake8_lambda_perf.model import Problem

OF_NAME = f"return _lambda.Function(self, name, {FUNCTION})".replace('"orders.handler"', 'f"{name}.handler"')


@pytest.mark.parametrize(
    "imports",
    [
        "from aws_cdk import Stack\nfrom aws_cdk import aws_lambda as _lambda",
        "from aws_cdk import Stack\nimport aws_cdk.aws_lambda as _lambda",
        "from aws_cdk.core import Stack\nimport aws_cdk.aws_lambda\n_lambda = aws_cdk.aws_lambda",
        "import aws_cdk as cdk\nfrom aws_cdk import *\nStack = cdk.Stack\n_lambda = cdk.aws_lambda",
        "try:\n    from aws_cdk import Stack, aws_lambda as _lambda\nexcept ImportError:\n    _lambda = None",
    ],
)
def test_the_library_is_known_under_any_name(imports: str, tmp_path: Path) -> None:
    text = f'{imports}\nclass Service(Stack): ...\n_lambda.Function(Service(), "Orders", {FUNCTION})\n'
    assert [in_short(one).partition(" ")[2] for one in declared(tmp_path, {**CODE, "app.py": text})] == [
        "Orders orders.handler in 'src'"
    ]


@pytest.mark.parametrize(
    "path",
    [
        '"infra/../src"',
        'os.path.join(os.path.dirname(__file__), "..", "src")',
        'str(Path(__file__).parent.parent / "src")',
        'Path(__file__).resolve().parents[1].joinpath("src").as_posix()',
        'os.path.abspath("src")',
        'f"{FOLDER}"',
        '"./%s" % FOLDER',
        '"{}/".format(FOLDER)',
        '"/".join([".", FOLDER])',
        "FOLDERS['orders']",
        'os.path.join(os.getcwd(), "s" + "rc")',
        "Settings.FOLDER.value",
        "Settings().folder",
        '"src" if STAGE == "prod" else "nowhere"',
    ],
)
def test_a_computed_path_is_followed(path: str, tmp_path: Path) -> None:
    text = f"""\
import os
from pathlib import Path
from aws_cdk import aws_lambda as _lambda
FOLDER = "src"
STAGE = "prod"
FOLDERS = {{"orders": FOLDER}}
class Settings:
    FOLDER = "src"
    @property
    def folder(self):
        return self.FOLDER
_lambda.Function(None, "Orders", handler="orders.handler", code=_lambda.Code.from_asset({path}))
"""
    assert [one.root for one in declared(tmp_path, {**CODE, "infra/app.py": text})] == ["src"]


def test_a_path_starts_where_the_app_is_run_else_where_it_leads_to_something(tmp_path: Path) -> None:
    function = '_lambda.Function(None, "{}", handler="m.handler", runtime=R, code=_lambda.Code.from_asset("{}"))'
    text = "\n".join(
        (
            "from aws_cdk import aws_lambda as _lambda",
            "R = _lambda.Runtime.PYTHON_3_12",
            function.format("OfApp", "code"),
            function.format("OfFile", "beside"),
            function.format("Nowhere", "missing"),
            function.format("Built", ".build/lambdas"),
        )
    )
    files = {"a/cdk.json": "", "a/code/m.py": "", "a/stacks/code/m.py": "", "a/stacks/beside/m.py": ""}
    found = {one.resource: one.root for one in declared(tmp_path, {**files, "a/stacks/s.py": text})}
    assert found == {"OfApp": "a/code", "OfFile": "a/stacks/beside", "Nowhere": "a/missing", "Built": None}


def test_a_path_out_of_the_project_is_a_problem_and_hides_no_other_function(tmp_path: Path) -> None:
    lines = [f'_lambda.Function(self, "Out", {FUNCTION})'.replace('"src"', '"../src"')]
    lines += [f'_lambda.Function(self, "Orders", {FUNCTION})']
    deployed, problems = reading(tmp_path, {**CODE, "app.py": stack(*lines)})
    assert [in_short(one) for one in deployed] == ["app.py:6 Orders orders.handler in 'src'"]
    assert problems == (
        Problem(
            "app.py",
            5,
            "Code.from_asset `../src` leads out of the project, and nothing there is read; "
            "run on a folder that holds both, or name the handler in `handlers`",
        ),
    )


WRAPPERS = {
    "a subclass": """\
        class Wrapped(_lambda.Function):
            def __init__(self, scope, id, module, *, folder="src", memory=256):
                super().__init__(scope, id, handler=f"{module}.handler", code=code_of(folder), memory_size=memory,
                                 runtime=RUNTIME)
        """,
    "a subclass of a subclass": """\
        class Base(_lambda.Function):
            def __init__(self, scope, id, **kwargs):
                kwargs.setdefault("runtime", RUNTIME)
                super().__init__(scope, id, memory_size=256, **kwargs)
        class Wrapped(Base):
            def __init__(self, scope, id, module):
                super().__init__(scope, id, handler=f"{module}.handler", code=code_of("src"))
        """,
    "a construct around it": """\
        class Wrapped(Construct):
            def __init__(self, scope, id, module, **kwargs):
                super().__init__(scope, id)
                defaults = {"runtime": RUNTIME, "memory_size": 256}
                self.function = _lambda.Function(
                    self, "Function", handler=module + ".handler", code=code_of("src"), **{**defaults, **kwargs})
        """,
    "a function": """\
        def Wrapped(scope, id, module, *args, **kwargs):
            return _lambda.Function(scope, id, runtime=RUNTIME, handler=".".join([module, "handler"]),
                                    code=code_of("src"), memory_size=kwargs.get("memory", 256))
        """,
    "a class without a constructor": """\
        class Wrapped:
            memory: int = 256
            def __new__(cls): ...
        Wrapped = lambda scope, id, module: _lambda.Function(
            scope, id, handler="%s.handler" % module, runtime=RUNTIME, code=code_of("src"), memory_size=256)
        """,
    "a dataclass of settings": """\
        @dataclass
        class Settings:
            module: str
            memory: int = 256
        def Wrapped(scope, id, module):
            settings = Settings(module)
            return _lambda.Function(scope, id, handler=f"{settings.module}.handler", runtime=RUNTIME,
                                    code=code_of("src"), memory_size=settings.memory)
        """,
}


@pytest.mark.parametrize("wrapper", WRAPPERS.values(), ids=list(WRAPPERS))
def test_a_wrapper_is_followed_through_its_arguments_and_defaults(wrapper: str, tmp_path: Path) -> None:
    library = "from dataclasses import dataclass\nfrom aws_cdk import aws_lambda as _lambda\n"
    library += "from constructs import Construct\nfrom .code import code_of\nRUNTIME = _lambda.Runtime.PYTHON_3_12\n"
    code = "from aws_cdk import aws_lambda\ndef code_of(folder):\n    return aws_lambda.Code.from_asset(folder)\n"
    files = {
        **CODE,
        "src/users.py": "",
        "lib/__init__.py": "",
        "lib/code.py": code,
        "lib/wrapped.py": library + _dedented(wrapper),
        "app.py": 'import aws_cdk\nfrom lib.wrapped import Wrapped\nstack = aws_cdk.Stack(aws_cdk.App(), "S")\n'
        'Wrapped(stack, "Orders", "orders")\nWrapped(\n    stack, "Users",\n    module="users")\n',
    }
    found = declared(tmp_path, files)
    assert [(one.handler, one.root, one.manifest, one.line, one.memory) for one in found] == [
        ("orders.handler", "src", "app.py", 4, 256),
        ("users.handler", "src", "app.py", 5, 256),
    ]
    inner = "/Function" if "Construct" in wrapper else ""
    assert [one.resource for one in found] == [f"Orders{inner}", f"Users{inner}"]


def _dedented(text: str) -> str:
    lines = text.splitlines()
    return "\n".join(line.removeprefix("        ") for line in lines) + "\n"


@pytest.mark.parametrize(
    "lines",
    [
        ['for name in ("orders", "users"):', "    self.make(name)"],
        ['for name, memory in {"orders": 1, "users": 2}.items():', "    self.make(name)"],
        ['for row in [{"name": "orders"}, {"name": "users"}]:', '    self.make(row["name"])'],
        ['self.all = [self.make(name) for name in ["orders", "users"]]'],
        ['self.all = {n: self.make(n) for i, n in enumerate(["orders", "users", "other"]) if i < 2}'],
        ['list(map(self.make, [])), self.make("orders"), self.make(name="users")'],
        ["if self.node:", '    self.make("orders")', "else:", '    self.make("users")'],
        ["try:", '    self.make("orders")', "except ValueError:", '    self.make("users")'],
        ["while self.node:", '    self.make("orders")', '    self.make("users")', "    break"],
    ],
)
def test_functions_made_in_loops_and_branches_are_all_found(lines: list[str], tmp_path: Path) -> None:
    method = f"    def make(self, name):\n        {OF_NAME}\n"
    text = stack(*lines).replace("app = App()", f"{method}app = App()")
    found = declared(tmp_path, {**CODE, "src/users.py": "", "app.py": text})
    assert [(one.resource, one.handler, one.root) for one in found] == [
        ("orders", "orders.handler", "src"),
        ("users", "users.handler", "src"),
    ]


def test_what_a_branch_decides_is_not_known_and_what_both_agree_on_is(tmp_path: Path) -> None:
    lines = [
        'settings = {"memory_size": 128, "timeout": Duration.minutes(1)}',
        'if self.node.try_get_context("big"):',
        '    settings["memory_size"] = 1024',
        "    code = _lambda.Code.from_asset('src', bundling=object())",
        "else:",
        "    code = _lambda.Code.from_asset('src')",
        f'_lambda.Function(self, "Orders", {FUNCTION.partition(", code")[0]}, code=code, **settings,',
        '    vpc=kwargs["vpc"])',
    ]
    text = stack(*lines)
    (found,) = declared(tmp_path, {**CODE, "app.py": text})
    assert (found.root, found.memory, found.timeout, found.vpc) == ("src", None, 60, None)
    assert [fact for fact in found.said if fact.name != "runtime"] == [
        said(text, "memory", None, '"memory_size"] = 1024'),
        said(text, "timeout", 60, "Duration.minutes"),
        said(text, "vpc", None, 'kwargs["vpc"]'),
    ]


def test_arguments_that_are_not_known_leave_open_what_they_may_state(tmp_path: Path) -> None:
    lines = [f'_lambda.Function(self, "Orders", {FUNCTION}, **self.more())']
    (found,) = declared(tmp_path, {**CODE, "app.py": stack(*lines)})
    assert (found.vpc, found.snapstart, found.efs, found.provisioned_concurrency) == (None, None, None, None)


def test_a_class_that_nothing_constructs_is_read_with_anything_for_its_parameters(tmp_path: Path) -> None:
    text = f"""\
from aws_cdk import Stack, aws_lambda as _lambda
class Service(Stack):
    def __init__(self, scope, id, vpc, memory=512, **kwargs):
        super().__init__(scope, id, **kwargs)
        _lambda.Function(self, "Orders", {FUNCTION}, memory_size=memory, vpc=vpc)
    def later(self):
        _lambda.Function(self, "Later", {FUNCTION})
def unused(scope):
    _lambda.Function(scope, "Unused", {FUNCTION})
"""
    found = declared(tmp_path, {**CODE, "app.py": text})
    assert [(one.resource, one.line, one.memory, one.vpc) for one in found] == [
        ("Orders", 5, 512, None),
        ("Later", 7, None, False),
        ("Unused", 9, None, False),
    ]


def test_the_same_function_in_two_stages_is_told_once_and_with_other_facts_twice(tmp_path: Path) -> None:
    text = f"""\
from aws_cdk import Stack, aws_lambda as _lambda
class Service(Stack):
    def __init__(self, id, memory):
        super().__init__(None, id)
        _lambda.Function(self, "Orders", {FUNCTION})
        _lambda.Function(self, "Users", {FUNCTION}, memory_size=memory)
for stage, memory in (("dev", 128), ("prod", 1024)):
    Service(stage, memory)
"""
    found = declared(tmp_path, {**CODE, "app.py": text})
    assert [(one.resource, one.memory) for one in found] == [("Orders", None), ("Users", 128), ("Users", 1024)]


def test_a_file_that_does_not_parse_is_a_problem_and_hides_no_other(tmp_path: Path) -> None:
    broken = "import aws_cdk\nStack(\n"
    text = stack(f'_lambda.Function(self, "Orders", {FUNCTION})')
    deployed, problems = reading(tmp_path, {**CODE, "app.py": text, "broken.py": broken})
    assert [one.resource for one in deployed] == ["Orders"]
    assert [(problem.path, problem.line) for problem in problems] == [("broken.py", 2)]


def test_a_file_that_only_mentions_the_library_is_not_read(tmp_path: Path) -> None:
    text = 'WORDS = "aws_cdk Function( Stack( pulumi_aws lambda_"  # import aws_cdk, pulumi_aws\nbroken (\n'
    assert declared(tmp_path, {"words.py": text}) == ()


@pytest.mark.parametrize(
    ("value", "kind", "name"),
    [
        ('"orders"', "str", "Is"),
        ('"orders"', "(int, dict)", "IsNot"),
        ("{}", "dict", "Is"),
        ("[]", "dict", "IsNot"),
        ("Service", "str", "IsNot"),
        ("1 < 2", "bool", "Is"),
    ],
)
def test_what_kind_of_value_it_is_decides_a_branch(value: str, kind: str, name: str, tmp_path: Path) -> None:
    lines = [
        f"id = 'Is' if isinstance({value}, {kind}) else 'IsNot'",
        f"_lambda.Function(self, id, {FUNCTION})",
    ]
    assert [one.resource for one in declared(tmp_path, {**CODE, "app.py": stack(*lines)})] == [name]


def test_a_computed_name_is_told_by_what_is_known_of_it(tmp_path: Path) -> None:
    lines = [
        f'_lambda.Function(self, f"{{self.stage}}-Orders", {FUNCTION})',
        f"_lambda.Function(self, self.stage, {FUNCTION})",
    ]
    assert [one.resource for one in declared(tmp_path, {**CODE, "app.py": stack(*lines)})] == ["Orders", "Function"]
