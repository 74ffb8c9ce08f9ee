"""Functions that a template's loops make."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING

from manifest_files import declared, in_short, reading

from flake8_lambda_perf.model import Problem, Said

if TYPE_CHECKING:
    from pathlib import Path

TOO_MUCH = "its loops make too much of it; split the template or exclude it"
LOOP = """\
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Parameters:
  Names: {Type: CommaDelimitedList, Default: 'orders, users'}
Mappings:
  Names: {all: {names: [orders]}}
Resources:
  Fn::ForEach::Functions:
    - Name
    - COLLECTION
    - Function${Name}:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: services/${Name}
          Handler: !Sub ${Name}.handler
          Runtime: python3.13
          MemorySize: 512
          Environment:
            Variables:
              SERVICE: !Ref Name
              TABLE: {Ref: Name}
"""


def test_each_function_of_a_loop_is_told_at_the_item_that_makes_it(tmp_path: Path) -> None:
    template = LOOP.replace("COLLECTION", "\n" + indent("- orders\n- users", "        "))
    orders, users = declared(tmp_path, {"template.yaml": template})
    assert in_short([orders, users]) == [
        "template.yaml:10 Functionorders orders.handler in 'services/orders'",
        "template.yaml:11 Functionusers users.handler in 'services/users'",
    ]
    assert users.said == (
        Said("runtime", "python3.13", "template.yaml", 17, 20, "python3.13"),
        Said("memory", 512, "template.yaml", 18, 23, "512"),
        Said("environment.SERVICE", "users", "template.yaml", 21, 24),
        Said("environment.TABLE", "users", "template.yaml", 22, 28),
    )


def test_a_loop_over_a_parameter_or_a_mapping_is_followed(tmp_path: Path) -> None:
    by_parameter = declared(tmp_path / "a", {"template.yaml": LOOP.replace("COLLECTION", "!Ref Names")})
    assert [one.handler for one in by_parameter] == ["orders.handler", "users.handler"]
    in_map = declared(tmp_path / "b", {"template.yaml": LOOP.replace("COLLECTION", "!FindInMap [Names, all, names]")})
    assert in_short(in_map) == ["template.yaml:5 Functionorders orders.handler in 'services/orders'"]


def test_loops_within_loops_are_followed(tmp_path: Path) -> None:
    template = """\
    Resources:
      Fn::ForEach::Services:
        - Service
        - [orders, users]
        - Fn::ForEach::Verbs:
            - Verb
            - [get, put]
            - ${Service}${Verb}:
                Type: AWS::Lambda::Function
                Properties:
                  Code: '&{Service}'
                  Handler: ${Verb}.handler
                  Runtime: python3.13
    """
    assert in_short(declared(tmp_path, {"template.yaml": template})) == [
        "template.yaml:4 ordersget get.handler in 'orders'",
        "template.yaml:4 ordersput put.handler in 'orders'",
        "template.yaml:4 usersget get.handler in 'users'",
        "template.yaml:4 usersput put.handler in 'users'",
    ]


def test_a_loop_over_what_is_not_known_is_left_alone_and_the_others_remain(tmp_path: Path) -> None:
    template = LOOP.replace("COLLECTION", "!Ref Elsewhere") + indent(
        "Own:\n  Type: AWS::Lambda::Function\n  Properties: {Code: a, Handler: a.handler, Runtime: python3.13}\n", "  "
    )
    assert in_short(declared(tmp_path, {"template.yaml": template})) == ["template.yaml:21 Own a.handler in 'a'"]


def test_loops_that_make_too_much_are_a_problem(tmp_path: Path) -> None:
    body = "{F: {Type: AWS::Lambda::Function}}"
    items = ", ".join(f"i{number}" for number in range(900))
    for level in range(4):
        body = f"{{Fn::ForEach::L{level}: [N{level}, [{items}], {body}]}}"
    deep = "{F: {Type: AWS::Lambda::Function}}"
    for level in range(6):
        deep = f"{{Fn::ForEach::L{level}: [N{level}, [a], {deep}]}}"
    for text in (body, deep):
        assert reading(tmp_path, {"template.yaml": f"Resources: {text}\n"}) == (
            (),
            (Problem("template.yaml", 1, TOO_MUCH),),
        )


def test_loops_over_aliases_of_aliases_are_a_problem(tmp_path: Path) -> None:
    levels = "\n".join(f"  l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 30))
    template = (
        f"X:\n  l0: &l0 [x]\n{levels}\n"
        "Resources:\n  Fn::ForEach::L: [N, [a], {F: {Type: AWS::Lambda::Function, Properties: {A: *l29}}}]\n"
    )
    deployed, problems = reading(tmp_path, {"template.yaml": template})
    assert deployed == ()
    assert [problem.message for problem in problems] == [
        "its loops make too much of it; split the template or exclude it"
    ]
