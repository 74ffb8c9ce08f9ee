"""Which packages in a project's folders are left out as the work of others."""

from __future__ import annotations

import sysconfig
from pathlib import Path

from tree_files import make, python

from flake8_lambda_perf.config import Settings
from flake8_lambda_perf.discover import Tree, walk
from flake8_lambda_perf.vendored import MARKERS, packages_in

BOTO3 = ("boto3/__init__.py", "boto3/session.py", "boto3/resources/__init__.py")
BOTOCORE = ("botocore/__init__.py", "botocore/client.py", "botocore/session.py")
REQUESTS = ("requests/__init__.py", "requests/adapters.py", "requests/sessions.py")


def test_packages_named_by_their_dist_info_are_left_out(tmp_path: Path) -> None:
    make(
        tmp_path, "app.py", "acme/__init__.py", "acme/deep/x.py", "acme_extra.py", "own/__init__.py", "Some_Lib/a.py",
        "quiet/b.py", "quiet-2.0.dist-info/METADATA",
    )  # fmt: skip
    make(tmp_path / "acme-1.0.dist-info", **{"top_level.txt": "acme\nacme_extra\n"})
    make(
        tmp_path / "Some.Lib-3.dist-info",
        RECORD="Some_Lib/a.py,sha256=x,1\nSome.Lib-3.dist-info/RECORD,,\n../../bin/x.py,,\n",
    )
    assert walk(tmp_path, Settings()) == Tree(("app.py", "own/__init__.py"), (), 4)


def test_the_metadata_of_an_editable_install_does_not_hide_the_project(tmp_path: Path) -> None:
    make(tmp_path, "src/service/__init__.py", "src/service/app.py")
    make(tmp_path / "src" / "service.egg-info", **{"top_level.txt": "service\n"})
    assert python(tmp_path) == ("src/service/__init__.py", "src/service/app.py")


def test_packages_an_old_pip_installed_are_left_out(tmp_path: Path) -> None:
    make(tmp_path, "acme/__init__.py", "app.py")
    make(tmp_path / "acme-1.0-py3.8.egg-info", **{"top_level.txt": "acme\n"})
    assert walk(tmp_path, Settings()) == Tree(("app.py",), (), 1)


def test_a_distribution_that_claims_a_common_name_does_not_hide_it(tmp_path: Path) -> None:
    make(tmp_path, "acme/__init__.py", "tests/test_app.py", "src/app.py")
    make(tmp_path / "acme-1.0.dist-info", **{"top_level.txt": "acme\ntests\nsrc\n"})
    assert python(tmp_path) == ("src/app.py", "tests/test_app.py")


def test_a_dependency_tree_without_metadata_is_left_out(tmp_path: Path) -> None:
    tree = (
        *BOTO3,
        *BOTOCORE,
        "six.py",
        "jmespath/__init__.py",
        "jmespath/lexer.py",
        "jmespath/visitor.py",
        "attr/__init__.py",
    )
    make(tmp_path, "src/app.py", "src/rich.txt", *(f"src/{path}" for path in tree))
    assert walk(tmp_path, Settings()) == Tree(("src/app.py",), (), 5)


def test_a_layer_with_one_package_is_left_out(tmp_path: Path) -> None:
    make(tmp_path, "layer/python/own.py", *(f"layer/python/{path}" for path in REQUESTS))
    assert walk(tmp_path, Settings()) == Tree(("layer/python/own.py",), (), 1)


def test_namespace_packages_are_known_by_what_they_hold(tmp_path: Path) -> None:
    make(tmp_path, "google/protobuf/__init__.py", "google/protobuf/message.py", "app.py", "sub/google/own.py")
    assert walk(tmp_path, Settings()) == Tree(("app.py", "sub/google/own.py"), (), 1)


def test_the_shape_of_known_packages_is_that_of_the_installed_ones() -> None:
    folder = sysconfig.get_path("purelib")
    bare = [path.name for path in Path(folder).iterdir() if path.suffix not in {".dist-info", ".egg-info"}]
    known = MARKERS.keys() & set(bare)
    assert known >= {"boto3", "botocore", "requests", "urllib3", "yaml"}
    assert known - packages_in(folder, bare) == set()


def test_the_project_s_own_folder_with_a_known_name_stays(tmp_path: Path) -> None:
    own = (
        "redis/__init__.py",
        "redis/handler.py",
        "requests/app.py",
        "schema/__init__.py",
        "models/__init__.py",
        "six.py",
        "rich/__init__.py",
    )
    make(tmp_path, *own)
    assert walk(tmp_path, Settings()) == Tree(tuple(sorted(own)), (), 0)


def test_own_folders_beside_a_dependency_tree_stay(tmp_path: Path) -> None:
    make(
        tmp_path,
        *BOTO3,
        *BOTOCORE,
        "handlers/__init__.py",
        "models/user.py",
        "redis/__init__.py",
        "redis/cache.py",
        "app.py",
    )
    assert python(tmp_path) == (
        "app.py",
        "handlers/__init__.py",
        "models/user.py",
        "redis/__init__.py",
        "redis/cache.py",
    )


def test_the_authors_of_a_known_distribution_see_their_own_code(tmp_path: Path) -> None:
    make(tmp_path, "pyproject.toml", *REQUESTS)
    assert python(tmp_path) == REQUESTS
