"""Which files are the project's own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tree_files import make, python

from flake8_lambda_perf.config import Settings
from flake8_lambda_perf.discover import Tree, excluded, is_code, is_test, look, matches, walk
from flake8_lambda_perf.model import Problem


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


def test_scripts_may_be_manifests_where_a_deployment_program_is_started(tmp_path: Path) -> None:
    make(
        tmp_path, "infra/cdk.json", "infra/bin/app.ts", "infra/lib/stack.mts", "web/app.js", "infra/lib/stack.d.ts",
        "infra/test/stack.test.ts", "infra/node_modules/x/index.js", "web/app.min.js", "web/a.tsx",
    )  # fmt: skip
    expected = ("infra/bin/app.ts", "infra/cdk.json", "infra/lib/stack.mts", "web/app.js")
    assert walk(tmp_path, Settings()).manifests == expected
    (tmp_path / "infra/cdk.json").unlink()
    assert walk(tmp_path, Settings()).manifests == ()


def test_synthesised_templates_are_listed_though_their_folder_is_ignored(tmp_path: Path) -> None:
    make(
        tmp_path, "cdk.out/A.template.json", "cdk.out/A.assets.json", "cdk.out/asset.1/app.py",
        "cdk.out/asset.1/B.template.json", "cdk.out/assembly-Prod/C.template.json", "cdk.out/manifest.json",
        DOTgitignore="cdk.out\n",
    )  # fmt: skip
    tree = walk(tmp_path, Settings())
    assert (tree.python, tree.manifests) == ((), ("cdk.out/A.template.json", "cdk.out/assembly-Prod/C.template.json"))
    assert walk(tmp_path, Settings(extend_exclude=("cdk.out",))).manifests == ()
    assert walk(tmp_path, Settings(exclude=("cdk.out",))).manifests == ()


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


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("app.py", True), ("handler", True), ("app.pyw", True), ("notes.txt", True), ("template.yaml", False),
        ("main.tf", False), ("web.d.ts", False), ("package.json", False), ("Dockerfile.dev", False),
        ("requirements.txt", False),
    ],
)  # fmt: skip  # one name a line would take a screen
def test_a_file_that_is_named_is_code_unless_it_says_how_to_deploy(name: str, code: bool) -> None:
    assert is_code(name) is code
