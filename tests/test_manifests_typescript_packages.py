"""Files of a TypeScript program that are imported by the name of a package, or by a path that is set for them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from deployment_programs import in_short
from typescript_programs import CODE, LIBRARY, RUNTIME, declared

if TYPE_CHECKING:
    from pathlib import Path

CONSTRUCT = (
    f'{LIBRARY}import {{ Construct }} from "constructs";\n'
    "export class Service extends Construct {\n  constructor(scope, id, module) {\n    super(scope, id);\n"
    f"    new lambda.Function(this, 'F', {{{RUNTIME}, handler: `${{module}}.handler`,\n"
    '      code: lambda.Code.fromAsset("src")});\n  }\n}\n'
)


def app(specifier: str) -> str:
    """An app whose stack makes the construct of the package `specifier`."""
    return (
        f'import {{ App, Stack }} from "aws-cdk-lib";\nimport {{ Service }} from "{specifier}";\n'
        "class S extends Stack {\n  constructor(scope, id) {\n    super(scope, id);\n"
        '    new Service(this, "Orders", "orders");\n  }\n'
        '}\nnew S(new App(), "S");\n'
    )


FOUND = "{path}:6 Orders/F orders.handler in 'apps/shop/src'"
SHOP = {"apps/shop/cdk.json": "{}", "apps/shop/src/orders.py": CODE["src/orders.py"]}


def found(root: Path, specifier: str, files: dict[str, str]) -> list[str]:
    """What the app declares beside these files."""
    texts = {**SHOP, "apps/shop/app.ts": app(specifier), **files}
    return [in_short(one) for one in declared(root, texts)]


@pytest.mark.parametrize(
    ("specifier", "manifest", "path"),
    [
        ("@shop/constructs", {}, "index.ts"),
        ("@shop/constructs", {}, "src/index.ts"),
        ("@shop/constructs", {"main": "source/all.js", "types": "source/all.d.ts"}, "source/all.ts"),
        ("@shop/constructs", {"main": "dist/index.js"}, "src/index.ts"),
        ("@shop/constructs", {"main": "./lib/service.js"}, "lib/service.ts"),
        ("@shop/constructs/service", {}, "service.ts"),
        ("@shop/constructs/service", {}, "src/service/index.ts"),
        ("@shop/constructs/lib/service", {}, "lib/service.ts"),
    ],
    ids=["index", "index of src", "types", "built", "main", "path", "path in src", "path in lib"],
)
def test_a_package_of_the_workspace_is_followed(
    specifier: str, manifest: dict[str, str], path: str, tmp_path: Path
) -> None:
    package = json.dumps({"author": {"name": "x"}, "name": "@shop/constructs", **manifest})
    files = {"packages/constructs/package.json": package, f"packages/constructs/{path}": CONSTRUCT}
    assert found(tmp_path, specifier, files) == [FOUND.format(path=f"packages/constructs/{path}")]


@pytest.mark.parametrize(
    ("settings", "specifier"),
    [
        ('{"compilerOptions": {"paths": {"@shop/*": ["packages/*/service"]}}}', "@shop/constructs"),
        (
            '{"compilerOptions": {"baseUrl": "./packages", "paths": {"service": ["constructs/service.ts"]}}, }',
            "service",
        ),
    ],
    ids=["pattern", "base"],
)
def test_paths_of_the_compilers_settings_are_followed(settings: str, specifier: str, tmp_path: Path) -> None:
    files = {"tsconfig.json": settings, "packages/constructs/service.ts": CONSTRUCT}
    assert found(tmp_path, specifier, files) == [FOUND.format(path="packages/constructs/service.ts")]


@pytest.mark.parametrize(
    ("name", "path"),
    [("@shop/others", "packages/constructs/index.ts"), ("@shop/constructs", "node_modules/@shop/constructs/index.ts")],
    ids=["another name", "installed"],
)
def test_packages_from_elsewhere_are_left_alone(name: str, path: str, tmp_path: Path) -> None:
    files = {f"{path.removesuffix('index.ts')}package.json": json.dumps({"name": name}), path: CONSTRUCT}
    assert "apps/shop/app.ts:5 Orders/F orders.handler in 'apps/shop/src'" not in found(
        tmp_path, "@shop/constructs", files
    )


@pytest.mark.parametrize(
    "settings",
    [
        '{"compilerOptions": {"paths": {"out": ["../../out"]}}}',
        '{"compilerOptions": {"baseUrl": "../..", "paths": {"out": ["out"]}}}',
        "{",
        '{"compilerOptions": []}',
    ],
    ids=["path", "base", "broken", "no options"],
)
def test_nothing_outside_the_project_is_read(settings: str, tmp_path: Path) -> None:
    (tmp_path / "out.ts").write_text(CONSTRUCT)
    assert found(tmp_path / "a" / "b", "out", {"tsconfig.json": settings}) == []
