"""What stands beside a manifest, made of any values: an answer, and nothing read outside the project."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from manifest_files import project
from typescript_programs import CODE, LIBRARY, RUNTIME, reading

from flake8_lambda_perf.manifests import read

WORDS = [
    "", ".", "..", "/", "../..", "../outside", "asset.1", "./asset.1", "Code", "Code.ImageUri", "Content",
    "Properties", "Dockerfile", "orders.handler", "index.handler", "python3.13", "@shop/own", "@shop/*", "*", "own/*",
    "packages/own", "src/index.ts", "dist/index.js", "index.d.ts", "services/orders", "serverless.yml",
    "${param:memory}", "512", "a\0b", "\ud7ff", "~", "C:/x", "true", "{", "//",
]  # fmt: skip  # one word a line would take a screen
KEYS = [
    "aws:asset:path", "aws:asset:property", "aws:asset:dockerfile-path", "aws:cdk:path", "Code", "Content", "ImageUri",
    "Handler", "Runtime", "Layers", "Ref", "name", "main", "types", "source", "compilerOptions", "paths", "baseUrl",
    "@shop/own", "@shop/*", "*", "services", "orders", "path", "config", "params", "memory", "TemplateURL",
    "Parameters",
]  # fmt: skip  # as above

VALUES = st.recursive(
    st.sampled_from(WORDS) | st.none() | st.booleans() | st.integers(0, 10_000),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=10,
)
BLOCKS = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6)
OUTSIDE = "def handler(event, context): ...  # outside\n"


def inside(folder: str, files: dict[str, str]) -> Path:
    """A project with these files, beside a folder that is none of its business."""
    project(Path(folder) / "outside", {"orders.py": OUTSIDE, "index.ts": "throw 1;\n", "Dockerfile": "FROM scratch\n"})
    return project(Path(folder) / "project", files)


@settings(max_examples=60, deadline=None)
@given(BLOCKS, BLOCKS, BLOCKS)
def test_any_metadata_of_assets_is_read(own: dict[str, Any], metadata: dict[str, Any], layer: dict[str, Any]) -> None:
    function = {"Handler": "orders.handler", "Runtime": "python3.13", "Layers": [{"Ref": "L"}], **own}
    template = {
        "Resources": {
            "F": {"Type": "AWS::Lambda::Function", "Properties": function, "Metadata": metadata},
            "G": {"Type": "AWS::Lambda::Function", "Properties": {"PackageType": "Image", **own}, "Metadata": metadata},
            "L": {"Type": "AWS::Lambda::LayerVersion", "Properties": layer, "Metadata": metadata},
            "N": {"Type": "AWS::CloudFormation::Stack", "Properties": layer, "Metadata": metadata},
        }
    }
    name = "cdk.out/S.template.json"
    with tempfile.TemporaryDirectory() as folder:
        root = inside(
            folder, {name: json.dumps(template), "cdk.out/asset.1/orders.py": "x = 1\n", "orders.py": "x = 1\n"}
        )
        deployed, problems = read(root, [name])
    assert all(problem.path == name and problem.message for problem in problems)
    assert all(each.root is None or not each.root.startswith(("/", "..")) for each in deployed)


@settings(max_examples=60, deadline=None)
@given(BLOCKS, BLOCKS)
def test_any_package_and_any_settings_of_the_compiler_are_read(
    package: dict[str, Any], options: dict[str, Any]
) -> None:
    app = (
        f'{LIBRARY}import {{ module }} from "@shop/own";\nimport * as all from "own/src/index";\n'
        f'new lambda.Function(s, "F", {{{RUNTIME}, handler: module + ".handler", '
        'code: lambda.Code.fromAsset("src")});\n'
    )
    files = {
        **CODE,
        "app.ts": app,
        "tsconfig.json": json.dumps({"compilerOptions": options}),
        "packages/own/package.json": json.dumps({"name": "@shop/own", **package}),
        "packages/own/src/index.ts": f'{LIBRARY}export const module = "orders";\n',
    }
    with tempfile.TemporaryDirectory() as folder:
        deployed, problems = reading(inside(folder, {}), files)
    assert problems == ()
    assert [(each.manifest, each.line) for each in deployed] == [("app.ts", 4)]


@settings(max_examples=60, deadline=None)
@given(VALUES, BLOCKS)
def test_any_compose_file_is_read(services: object, orders: dict[str, Any]) -> None:
    service = (
        "provider: {name: aws, runtime: python3.13, memorySize: '${param:memory}'}\n"
        "functions: {f: {handler: orders.f}}\n"
    )
    compose = {"services": {"orders": orders, "others": services}}
    files = {"services/orders/serverless.yml": service, "serverless-compose.json": json.dumps(compose)}
    with tempfile.TemporaryDirectory() as folder:
        deployed, problems = read(inside(folder, files), ["services/orders/serverless.yml"])
    assert problems == ()
    assert [each.handler for each in deployed] == ["orders.f"]
