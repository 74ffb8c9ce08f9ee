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


def test_of_folders_that_hold_all_of_it_the_one_with_the_fewest_other_files_is_taken(tmp_path: Path) -> None:
    files = {
        "cdk.out/S.template.json": template(**ASSET),
        **dict.fromkeys(("cdk.out/asset.1/orders.py", "a/orders.py", "b/orders.py"), ORDERS),
        "a/mail.py": "",
    }
    (found,) = declared(tmp_path, files)
    assert found.root == "b"


def resources(**resources: Any) -> str:
    """A synthesised template, as the CDK writes it with the metadata of its assets."""
    return json.dumps({"Resources": resources}, indent=1)


def image(path: str, **properties: Any) -> dict[str, Any]:
    """A function whose image is built from the asset at `path`."""
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {"Code": {"ImageUri": {"Fn::Sub": "${AWS::AccountId}:1"}}, "PackageType": "Image", **properties},
        "Metadata": {
            "aws:cdk:path": "Service/Orders/Resource",
            "aws:asset:path": path,
            "aws:asset:dockerfile-path": "Lambda.Dockerfile",
            "aws:asset:property": "Code.ImageUri",
        },
    }


DOCKERFILE = """\
FROM public.ecr.aws/lambda/python:3.12
COPY src/ ${LAMBDA_TASK_ROOT}
CMD ["orders.handler"]
"""


def test_an_image_runs_what_its_dockerfile_says_from_the_folder_that_it_copies(tmp_path: Path) -> None:
    files = {
        "cdk.out/S.template.json": resources(Orders=image("asset.1")),
        "cdk.out/asset.1/Lambda.Dockerfile": DOCKERFILE,
        "cdk.out/asset.1/src/orders.py": ORDERS,
        "services/orders/src/orders.py": ORDERS,
    }
    (found,) = declared(tmp_path, files)
    assert in_short(found) == "cdk.out/S.template.json:3 Service/Orders orders.handler in 'services/orders/src'"
    assert (found.package, found.runtime) == ("image", "python3.12")


def test_the_command_of_a_template_counts_before_that_of_the_dockerfile(tmp_path: Path) -> None:
    command = {"Command": ["mail.send"]}
    files = {
        "cdk.out/S.template.json": resources(Mail=image("asset.1", ImageConfig=command)),
        "cdk.out/asset.1/Lambda.Dockerfile": DOCKERFILE,
        "cdk.out/asset.1/src/mail.py": "def send(event, context): ...\n",
        "code/src/mail.py": "def send(event, context): ...\n",
    }
    (found,) = declared(tmp_path, files)
    assert (found.handler, found.root) == ("mail.send", "code/src")


def test_an_image_that_was_built_elsewhere_is_left_alone(tmp_path: Path) -> None:
    assert declared(tmp_path, {"cdk.out/S.template.json": resources(Orders=image("/elsewhere/orders"))}) == ()


def test_layers_are_traced_to_their_folders(tmp_path: Path) -> None:
    layer = {
        "Type": "AWS::Lambda::LayerVersion",
        "Properties": {"Content": {"S3Bucket": "assets", "S3Key": "2.zip"}},
        "Metadata": {"aws:asset:path": "asset.2", "aws:asset:property": "Content"},
    }
    function = json.loads(template(**ASSET))["Resources"]["Orders1A2B"]
    function["Properties"]["Layers"] = [{"Ref": "Common"}, {"Ref": "Lost"}]
    lost = {**layer, "Metadata": {"aws:asset:path": "asset.3", "aws:asset:property": "Content"}}
    files = {
        "cdk.out/S.template.json": resources(Common=layer, Lost=lost, Orders=function),
        "cdk.out/asset.1/orders.py": ORDERS,
        "cdk.out/asset.2/python/shop/common.py": "TAX = 7\n",
        "src/orders.py": ORDERS,
        "layers/common/python/shop/common.py": "TAX = 7\n",
    }
    (found,) = declared(tmp_path, files)
    assert (found.root, found.layers) == ("src", ("layers/common",))
    assert [fact.value for fact in found.said if fact.name == "layers"] == ["layers/common", None]


def test_code_in_a_template_is_told_where_the_program_holds_it(tmp_path: Path) -> None:
    code = "def handler(event, context): ..."
    properties = {"Handler": "index.handler", "Runtime": "python3.12", "Code": {"ZipFile": code}}
    files = {
        "cdk.json": "{}",
        "app.ts": stack(
            'new lambda.Function(this, "Inline", {runtime: lambda.Runtime.PYTHON_3_12, handler: "index.handler", '
            f'code: lambda.Code.fromInline("{code}")}});'
        ),
        "cdk.out/S.template.json": resources(
            Inline={"Type": "AWS::Lambda::Function", "Properties": properties},
            Other={
                "Type": "AWS::Lambda::Function",
                "Properties": {**properties, "Code": {"ZipFile": f"import json\n{code}"}},
            },
        ),
    }
    assert [in_short(found) for found in declared(tmp_path, files)] == [
        "app.ts:6 Inline index.handler in 'app.ts#Inline'",
        "cdk.out/S.template.json:13 Other index.handler in 'cdk.out/S.template.json#Other'",
    ]


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
