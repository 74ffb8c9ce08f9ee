"""Which files are the project's own."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from flake8_lambda_perf.config import Settings
from flake8_lambda_perf.discover import MARKERS, Tree, _vendored, excluded, is_test, look, matches, walk
from flake8_lambda_perf.model import Problem

BOTO3 = ("boto3/__init__.py", "boto3/session.py", "boto3/resources/__init__.py")
BOTOCORE = ("botocore/__init__.py", "botocore/client.py", "botocore/session.py")
REQUESTS = ("requests/__init__.py", "requests/adapters.py", "requests/sessions.py")


def make(root: Path, *paths: str, **contents: str) -> None:
    """Write empty files, and files with contents where the keyword's `__` stands for a slash."""
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"")
    for name, text in contents.items():
        file = root / name.replace("__", "/").replace("DOT", ".")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def python(root: Path, settings: Settings | None = None) -> tuple[str, ...]:
    return walk(root, settings or Settings()).python


def test_python_files_and_manifests_are_listed_sorted(tmp_path: Path) -> None:
    make(
        tmp_path, "template.yaml", "b/app.py", "b/function.json", "a/serverless.yml", "a.py", "infra/main.tf",
        "README.md", "stack.template",
        "Dockerfile", "b/Dockerfile.worker", "zappa_settings.toml", "b/app.pyc", "package.json",
        ".chalice/config.json", "x.ts", "Procfile", "b/__init__.py", "Containerfile", "b/a.dockerfile", "deploy.sh",
    )  # fmt: skip
    assert walk(tmp_path, Settings()) == Tree(
        python=("a.py", "b/__init__.py", "b/app.py"),
        manifests=(
            ".chalice/config.json", "Containerfile", "Dockerfile", "Procfile", "a/serverless.yml",
            "b/Dockerfile.worker", "b/a.dockerfile", "b/function.json", "deploy.sh", "infra/main.tf", "stack.template",
            "template.yaml", "zappa_settings.toml",
        ),
        skipped_vendored=0,
    )  # fmt: skip


def test_a_look_lists_the_folder_itself_and_nothing_below(tmp_path: Path) -> None:
    make(
        tmp_path, "app.py", "left.py", "template.yaml", "below/app.py", "below/template.yaml", DOTgitignore="left.py\n"
    )
    assert look(tmp_path, Settings()) == Tree(("app.py",), ("template.yaml",), 0)


def test_a_manifest_beyond_two_megabytes_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "fits.json").write_bytes(b" " * 2 * 1024 * 1024)
    (tmp_path / "large.json").write_bytes(b" " * (2 * 1024 * 1024 + 1))
    assert walk(tmp_path, Settings()).manifests == ("fits.json",)


@pytest.mark.parametrize(
    "folder",
    [".git", ".venv", "venv", "node_modules", ".aws-sam", "cdk.out", ".serverless", "site-packages", "dist-packages",
     "__pycache__", "build", "dist", ".tox", ".nox", ".mypy_cache", ".terraform", ".lambda_perf_cache"],
)  # fmt: skip
def test_folders_of_tools_are_left_out_at_any_depth(tmp_path: Path, folder: str) -> None:
    make(tmp_path, f"{folder}/a.py", f"{folder}/template.yaml", f"src/{folder}/deep/b.py", "src/app.py")
    assert walk(tmp_path, Settings()) == Tree(("src/app.py",), (), 0)


def test_a_virtual_environment_of_any_name_is_left_out(tmp_path: Path) -> None:
    make(tmp_path, "env311/pyvenv.cfg", "env311/bin/activate_this.py", "app.py")
    assert python(tmp_path) == ("app.py",)


def test_exclude_replaces_the_defaults_and_extend_exclude_adds(tmp_path: Path) -> None:
    make(tmp_path, "build/a.py", "old/b.py", "src/gen/c.py", "src/app.py", "src/app_pb2.py")
    assert python(tmp_path, Settings(exclude=("old",))) == (
        "build/a.py",
        "src/app.py",
        "src/app_pb2.py",
        "src/gen/c.py",
    )
    assert python(tmp_path, Settings(extend_exclude=("src/gen/**", "*_pb2.py"))) == ("old/b.py", "src/app.py")


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("a/tests/x.py", "tests", True),
        ("a/mytests/x.py", "tests", False),
        ("a/x.py", "x.py", True),
        ("a/x.py", "*.py", True),
        ("a/b/x.py", "a/*.py", False),
        ("a/x.py", "a/*.py", True),
        ("a/b/x.py", "a/b", True),
        ("z/a/b/x.py", "a/b", False),
        ("a/b/x.py", "a/", True),
        ("a/b/x.py", "/a", True),
        ("a/b/x.py", "./a/b/x.py", True),
        ("a/b/c/x.py", "a/**/x.py", True),
        ("a/x.py", "a/**/x.py", True),
        ("a/b/x.py", "**/x.py", True),
        ("x.py", "**/x.py", True),
        ("a/x1.py", "x?.py", True),
        ("a/x/.py", "x?.py", False),
        ("a/x1.py", "x[0-9].py", True),
        ("a/xa.py", "x[!0-9].py", True),
        ("a/x1.py", "x[!0-9].py", False),
        ("a/x[.py", "x[.py", True),
        ("a/x+y.py", "x+y.py", True),
        ("a/x.py.bak", "*.py", False),
        ("a/x.py\n", "x.py", False),
    ],
)
def test_patterns_fit_names_anywhere_or_paths_from_the_root(path: str, pattern: str, expected: bool) -> None:
    assert matches(path, [pattern]) is expected


def test_excluded_asks_the_settings_about_a_named_file() -> None:
    assert excluded("node_modules/x/app.py", Settings())
    assert not excluded("src/app.py", Settings())
    assert not excluded("build/app.py", Settings(exclude=()))
    assert excluded("src/gen/app.py", Settings(extend_exclude=("src/gen",)))


def test_ignore_files_count_at_every_level_and_the_nearest_decides(tmp_path: Path) -> None:
    make(
        tmp_path, "a.py", "secret.py", "out/x.py", "sub/secret.py", "sub/keep/y.py", "sub/keep/z.py", "sub/local/w.py",
        "top/v.py", "sub/top/u.py",
        DOTgitignore="secret.py\nout/\n/top\n# comment\n\n",
        sub__DOTgitignore="!secret.py\nlocal\nkeep/*\n!keep/y.py\n",
    )  # fmt: skip
    assert python(tmp_path) == ("a.py", "sub/keep/y.py", "sub/secret.py", "sub/top/u.py")


def test_ignored_folders_are_never_entered_again_by_a_negation_below(tmp_path: Path) -> None:
    make(tmp_path, "out/x.py", "app.py", DOTgitignore="out/\n", out__DOTgitignore="!x.py\n")
    assert python(tmp_path) == ("app.py",)


def test_ignore_files_above_the_root_do_not_count(tmp_path: Path) -> None:
    make(tmp_path, "service/app.py", DOTgitignore="*.py\n")
    assert python(tmp_path / "service") == ("app.py",)


def test_an_ignore_file_agrees_with_git(tmp_path: Path) -> None:
    rules = (
        "*.tmp.py\n!/keep.tmp.py\nlogs/**/x.py\n**/gen\n/only_root.py\n\\#odd.py\ntrail.py   \n[ab].py\nd/*\n!d/e/\n"
    )
    paths = ["k.tmp.py", "keep.tmp.py", "logs/a/b/x.py", "logs/x.py", "q/gen/y.py", "only_root.py", "q/only_root.py",
             "#odd.py", "trail.py", "a.py", "c.py", "d/f.py", "d/e/g.py", "sub/keep.tmp.py"]  # fmt: skip
    make(tmp_path, *paths, DOTgitignore=rules)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.py"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    assert python(tmp_path) == tuple(sorted(listed.stdout.splitlines()))


def test_a_line_git_would_pass_over_does_not_spoil_the_ignore_file(tmp_path: Path) -> None:
    make(tmp_path, "a.py", "b.py", DOTgitignore="!\n/\na.py\n")
    assert python(tmp_path) == ("b.py",)


def test_an_ignore_file_with_a_mark_and_windows_newlines_counts(tmp_path: Path) -> None:
    make(tmp_path, "a.py", "b.py", "größe.py")
    (tmp_path / ".gitignore").write_bytes("\ufeffa.py\r\ngröße.py\r\n".encode())
    assert python(tmp_path) == ("b.py",)


def test_an_ignore_file_in_another_encoding_still_ignores_what_can_be_read(tmp_path: Path) -> None:
    make(tmp_path, "a.py", "b.py")
    (tmp_path / ".gitignore").write_bytes(b"gr\xf6\xdfe.py\na.py\n")
    assert python(tmp_path) == ("b.py",)


def test_an_ignore_file_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    make(tmp_path, "app.py", ".gitignore/x.txt")
    message = "cannot be read: Is a directory; repair or remove it"
    assert walk(tmp_path, Settings()) == Tree(("app.py",), (), 0, (Problem(".gitignore", 0, message),))


def test_pathspec_is_imported_only_for_an_ignore_file(tmp_path: Path) -> None:
    make(tmp_path, "app.py")
    script = (
        "import sys; from pathlib import Path\n"
        "from flake8_lambda_perf.config import Settings\nfrom flake8_lambda_perf.discover import walk\n"
        "walk(Path(sys.argv[1]), Settings()); print('pathspec' in sys.modules)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    without = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    make(tmp_path, DOTgitignore="x\n")
    with_one = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert (without, with_one) == ("False\n", "True\n")


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
    assert known - _vendored(folder, bare) == set()


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


def test_links_to_folders_are_not_followed_so_that_a_loop_ends(tmp_path: Path) -> None:
    make(tmp_path, "a/app.py")
    (tmp_path / "a" / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "a" / "self").symlink_to("self")
    assert walk(tmp_path, Settings()) == Tree(("a/app.py",), (), 0)


def test_a_linked_file_counts_once_and_a_broken_link_not_at_all(tmp_path: Path) -> None:
    make(tmp_path, "root/a.py", "elsewhere/shared.py")
    (tmp_path / "root" / "again.py").symlink_to("a.py")
    (tmp_path / "root" / "shared.py").symlink_to(tmp_path / "elsewhere" / "shared.py")
    (tmp_path / "root" / "gone.py").symlink_to("nowhere.py")
    assert python(tmp_path / "root") == ("a.py", "shared.py")


def test_a_folder_or_pipe_named_like_a_file_is_no_file(tmp_path: Path) -> None:
    make(tmp_path, "odd.py/app.py", "x.yaml/y.py")
    if sys.platform != "win32":
        os.mkfifo(tmp_path / "pipe.py")
    assert walk(tmp_path, Settings()) == Tree(("odd.py/app.py", "x.yaml/y.py"), (), 0)


def test_an_unreadable_folder_is_a_problem_and_the_rest_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "locked/b.py", "app.py")
    scandir = os.scandir

    def guarded(path: str) -> object:  # the tests may run as root, whom no mode stops
        if path.rstrip(os.sep).endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    message = "the folder cannot be read: Permission denied; change its mode or exclude it"
    assert walk(tmp_path, Settings()) == Tree(("app.py",), (), 0, (Problem("locked", 0, message),))


def test_a_root_that_is_missing_is_a_problem(tmp_path: Path) -> None:
    message = "the folder cannot be read: No such file or directory; change its mode or exclude it"
    assert walk(tmp_path / "no", Settings()) == Tree((), (), 0, (Problem(".", 0, message),))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such a name")
def test_a_name_that_is_not_utf8_is_a_problem(tmp_path: Path) -> None:
    make(tmp_path, "app.py", "größe.py")
    (tmp_path / os.fsdecode(b"caf\xe9.py")).write_bytes(b"")
    assert walk(tmp_path, Settings()) == Tree(
        ("app.py", "größe.py"), (), 0, (Problem("caf\\xe9.py", 0, "the name is not UTF-8; rename the file"),)
    )


@pytest.mark.parametrize(
    "path",
    [
        "tests/app.py",
        "a/test/x.py",
        "test_app.py",
        "src/app_test.py",
        "src/app_tests.py",
        "conftest.py",
        "a/tests.py",
        "e2e/x.py",
    ],
)
def test_tests_are_known_by_name_or_folder(path: str) -> None:
    assert is_test(path)


@pytest.mark.parametrize(
    "path", ["src/app.py", "contest.py", "latest.py", "testimonials/app.py", "attest_handler.py", "tester.py"]
)
def test_names_that_only_sound_like_tests_are_none(path: str) -> None:
    assert not is_test(path)
