"""What the templates that the CDK synthesised declare, and the folders that their assets are copies of."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from deployment_programs import in_short
from typescript_programs import CODE, FUNCTION, PLAIN, declared, reading, stack

from flake8_lambda_perf.model import Problem, Said

ORDERS = "import boto3\ndef handler(event, context): ...\n"


def template(**metadata: str) -> str:
    """A synthesised template with one function."""
    function: dict[str, Any] = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Code": {"S3Bucket": {"Fn::Sub": "cdk-assets-${AWS::AccountId}"}, "S3Key": "1.zip"},
            "Handler": "orders.handler",
            "MemorySize": 512,
            "Runtime": "python3.12",
        },
        "Metadata": {"aws:cdk:path": "Service/Orders/Resource", **metadata},
    }
    return json.dumps({"Resources": {"Orders1A2B": function}}, indent=1)


ASSET = {"aws:asset:path": "asset.1", "aws:asset:property": "Code"}


def test_a_function_is_traced_to_the_folder_its_asset_is_a_copy_of(tmp_path: Path) -> None:
    text = template(**ASSET)
    files = {
        "cdk.out/S.template.json": text,
        "cdk.out/asset.1/orders.py": ORDERS,
        "services/a/orders.py": ORDERS,
        "services/b/orders.py": "def handler(event, context): ...\n",
    }
    lines = text.split("\n")
    memory = next(number for number, line in enumerate(lines, 1) if "MemorySize" in line)
    runtime = next(number for number, line in enumerate(lines, 1) if "Runtime" in line)
    expected = replace(
        PLAIN,
        manifest="cdk.out/S.template.json",
        line=3,
        resource="Service/Orders",
        root="services/a",
        memory=512,
        said=(
            Said("runtime", "python3.12", "cdk.out/S.template.json", runtime, 16),
            Said("memory", 512, "cdk.out/S.template.json", memory, 19),
        ),
    )
    assert declared(tmp_path, files) == (expected,)


def test_of_folders_with_the_same_handler_the_one_with_the_other_files_too_is_taken(tmp_path: Path) -> None:
    files = {
        "cdk.out/S.template.json": template(**ASSET),
        **{f"cdk.out/asset.1/{name}": ORDERS for name in ("orders.py", "lib/tables.py")},
        **{f"a/{name}": ORDERS for name in ("orders.py", "tables.py")},
        **{f"b/{name}": ORDERS for name in ("orders.py", "lib/tables.py")},
    }
    (found,) = declared(tmp_path, files)
    assert found.root == "b"


def test_a_stage_s_templates_name_assets_above_them(tmp_path: Path) -> None:
    files = {
        "cdk.out/assembly-Prod/S.template.json": template(**{**ASSET, "aws:asset:path": "../asset.1"}),
        "cdk.out/asset.1/orders.py": ORDERS,
        "orders.py": ORDERS,
    }
    (found,) = declared(tmp_path, files)
    assert found.root == ""


def test_an_asset_that_was_not_copied_is_the_folder_itself(tmp_path: Path) -> None:
    path = (tmp_path / "src").resolve().as_posix()
    files = {"cdk.out/S.template.json": template(**{**ASSET, "aws:asset:path": path}), "src/orders.py": ORDERS}
    (found,) = declared(tmp_path, files)
    assert found.root == "src"


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"cdk.out/asset.1/orders.py": ORDERS},
        {"cdk.out/asset.1/orders.py": ORDERS, "src/orders.py": "x = 1\n"},
        {"cdk.out/asset.1/orders.py": ORDERS, "a/orders.py": ORDERS, "b/orders.py": ORDERS},
        {"cdk.out/asset.1/users.py": ORDERS, "src/orders.py": ORDERS},
    ],
    ids=["without the asset", "of no folder", "of an older folder", "of two folders", "without the handler"],
)
def test_where_no_one_folder_fits_the_code_is_not_known(files: dict[str, str], tmp_path: Path) -> None:
    (found,) = declared(tmp_path, {"cdk.out/S.template.json": template(**ASSET), **files})
    assert found.root is None


@pytest.mark.parametrize("path", ["../../outside", "/etc", "~", "a\0b", ""])
def test_nothing_outside_the_project_is_compared(path: str, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "orders.py").write_text(ORDERS)
    text = template(**{**ASSET, "aws:asset:path": path})
    (found,) = declared(tmp_path / "project", {"cdk.out/S.template.json": text, "src/orders.py": ORDERS})
    assert found.root is None


def test_the_program_tells_more_than_what_was_made_of_it(tmp_path: Path) -> None:
    files = {
        **CODE,
        "app.ts": stack(f'new lambda.Function(this, "Orders", {{{FUNCTION}}});'),
        "cdk.out/S.template.json": template(**ASSET),
        "cdk.out/asset.1/orders.py": CODE["src/orders.py"],
    }
    (found,) = declared(tmp_path, files)
    assert in_short(found) == "app.ts:6 Orders orders.handler in 'src'"


def test_a_broken_template_is_a_problem_and_the_others_remain(tmp_path: Path) -> None:
    files = {"cdk.out/A.template.json": template()[:-3], "cdk.out/B.template.json": template()}
    deployed, problems = reading(tmp_path, files)
    assert [in_short(one) for one in deployed] == ["cdk.out/B.template.json:3 Service/Orders orders.handler in None"]
    message = "not valid JSON: Expecting ',' delimiter; correct the file or exclude it"
    assert problems == (Problem("cdk.out/A.template.json", 20, message),)


def test_other_files_of_the_output_are_left_alone(tmp_path: Path) -> None:
    files = {"cdk.out/tree.json": '{"Resources": 1}', "cdk.out/S.template.json": '{"Resources": {}}'}
    assert declared(tmp_path, files) == ()
