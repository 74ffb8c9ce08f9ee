"""Where the root is, and what the settings say."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from flake8_lambda_perf.config import KEYS, Settings, find_root, is_project, load
from flake8_lambda_perf.errors import ConfigError

EVERYTHING = """\
select = ["LPF1"]
ignore = ["LPF202"]
extend-select = ["eager-routers"]
enable = ["LPF7"]
exclude = ["old"]
extend-exclude = ["generated/**"]
force-exclude = true
handlers = ["src/app.py:main"]
extra-clients = ["acme.Client"]
client-form = "cached"
heavy-import-ms = 20
max-eager-routers = 3
max-package-mb = 5
snapstart = true
target-version = "3.12"
cache-dir = ".cache"

[per-file-ignores]
"tests/*" = ["LPF1", "LPF2"]
"scripts/**" = ["LPF"]
"""

ALL_SET = Settings(
    select=("LPF1",),
    ignore=("LPF202",),
    extend_select=("eager-routers",),
    enable=("LPF7",),
    per_file_ignores=(("tests/*", ("LPF1", "LPF2")), ("scripts/**", ("LPF",))),
    exclude=("old",),
    extend_exclude=("generated/**",),
    force_exclude=True,
    handlers=("src/app.py:main",),
    extra_clients=("acme.Client",),
    client_form="cached",
    heavy_import_ms=20.0,
    max_eager_routers=3,
    max_package_mb=5,
    snapstart=True,
    target_version=(3, 12),
    cache_dir=".cache",
)


def write(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def with_source(settings: Settings, source: Path) -> Settings:
    values = {field.name: getattr(settings, field.name) for field in fields(settings)}
    return Settings(**{**values, "source": str(source)})


def test_every_key_is_read_from_lambda_perf_toml(tmp_path: Path) -> None:
    file = write(tmp_path / "lambda-perf.toml", EVERYTHING)
    assert load(tmp_path, None, isolated=False) == with_source(ALL_SET, file)
    assert set(KEYS) == {
        line.split(" ")[0].strip("[]") for line in EVERYTHING.splitlines() if line[:1] not in {'"', ""}
    }


def test_the_table_of_pyproject_is_read(tmp_path: Path) -> None:
    text = "[tool.lambda-perf]\n" + EVERYTHING.replace("[per-file-ignores]", "[tool.lambda-perf.per-file-ignores]")
    file = write(tmp_path / "pyproject.toml", text)
    assert load(tmp_path, None, isolated=False) == with_source(ALL_SET, file)


def test_lambda_perf_toml_wins_over_pyproject_in_one_folder(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "[tool.lambda-perf]\nsnapstart = true\nselect = ['LPF1']\n")
    own = write(tmp_path / "lambda-perf.toml", "select = ['LPF2']\n")
    assert load(tmp_path, None, isolated=False) == Settings(select=("LPF2",), source=str(own))


@pytest.mark.parametrize(
    "text", [None, "", "[project]\nname = 'x'\n", "tool = 1\n"], ids=["no file", "empty", "no table", "odd tool"]
)
def test_without_settings_the_defaults_hold(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        write(tmp_path / "pyproject.toml", text)
    assert load(tmp_path, None, isolated=False) == Settings()


def test_isolated_reads_nothing(tmp_path: Path) -> None:
    file = write(tmp_path / "lambda-perf.toml", "broken")
    assert load(tmp_path, file, isolated=True) == Settings()


def test_a_named_file_replaces_the_root_s_own(tmp_path: Path) -> None:
    write(tmp_path / "lambda-perf.toml", "select = ['LPF1']\n")
    named = write(tmp_path / "ci" / "strict.toml", "select = ['LPF']\n")
    table = write(tmp_path / "ci" / "pyproject.toml", "[tool.lambda-perf]\nselect = ['LPF3']\n")
    assert load(tmp_path, named, isolated=False) == Settings(select=("LPF",), source=str(named))
    assert load(tmp_path, table, isolated=False) == Settings(select=("LPF3",), source=str(table))


def test_a_byte_order_mark_and_windows_newlines_are_read_over(tmp_path: Path) -> None:
    file = tmp_path / "lambda-perf.toml"
    file.write_bytes(b"\xef\xbb\xbfselect = [\r\n'LPF1',\r\n]\r\n")
    assert load(tmp_path, None, isolated=False) == Settings(select=("LPF1",), source=str(file))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("slect = []", "unknown key `slect`; did you mean `select`?"),
        ("extend_select = []", "unknown key `extend_select`; did you mean `extend-select`?"),
        ("heavy-imports-ms = 3", "unknown key `heavy-imports-ms`; did you mean `heavy-import-ms`?"),
        ("source = 'x'", f"unknown key `source`; known are {', '.join(sorted(KEYS))}"),
        ("select = 'LPF1'", '`select` must be an array of texts, not the text "LPF1"'),
        ("select = [1]", "`select` must be an array of texts, not an array"),
        ("select = ['']", "`select` must be an array of texts, not an array"),
        ("exclude = 1979-05-27", "`exclude` must be an array of texts, not a date or time"),
        ("snapstart = 1", "`snapstart` must be true or false, not the number 1"),
        ("heavy-import-ms = '50'", '`heavy-import-ms` must be a number from 0, not the text "50"'),
        ("heavy-import-ms = -1", "`heavy-import-ms` must be a number from 0, not the number -1"),
        ("heavy-import-ms = nan", "`heavy-import-ms` must be a number from 0, not the number nan"),
        ("heavy-import-ms = true", "`heavy-import-ms` must be a number from 0, not true or false"),
        ("max-eager-routers = 2.5", "`max-eager-routers` must be a whole number from 0, not the number 2.5"),
        ("max-eager-routers = false", "`max-eager-routers` must be a whole number from 0, not true or false"),
        ("client-form = 'lazy'", '`client-form` must be one of "auto", "module", "cached", not the text "lazy"'),
        ("client-form = []", '`client-form` must be one of "auto", "module", "cached", not an array'),
        ("target-version = 3.12", '`target-version` must be a version such as "3.12", not the number 3.12'),
        ("target-version = 'py312'", '`target-version` must be a version such as "3.12", not the text "py312"'),
        ("target-version = '3.x'", '`target-version` must be a version such as "3.12", not the text "3.x"'),
        ("cache-dir = ''", '`cache-dir` must be a text, not the text ""'),
        ("cache-dir = {}", "`cache-dir` must be a text, not a table"),
        ("per-file-ignores = []", '`per-file-ignores` must be a table such as {"tests/*" = ["LPF1"]}, not an array'),
        ("per-file-ignores = {a = 1}", "`per-file-ignores.a` must be an array of texts, not the number 1"),
    ],
)
def test_a_mistake_names_the_file_the_key_and_what_is_wanted(tmp_path: Path, line: str, message: str) -> None:
    file = write(tmp_path / "lambda-perf.toml", line)
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, None, isolated=False)
    assert str(caught.value) == f"{file}: {message}"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"select = [", "is not valid TOML: Invalid value (at end of document); repair it"),
        (b"a = 1\nb = = 2\n", "is not valid TOML: Invalid value (at line 2, column 5); repair it"),
        (b"select = ['\xe9']", "is not UTF-8 (byte 12); TOML files must be, save it so"),
        ("select = []".encode("utf-16"), "is not UTF-8 (byte 1); TOML files must be, save it so"),
        (b"a = " + b"[" * 3000, "is nested too deeply to be settings; repair it"),
    ],
    ids=["cut", "broken", "latin-1", "utf-16", "nested"],
)
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, data: bytes, message: str) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_bytes(data)
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, None, isolated=False)
    assert str(caught.value) == f"{file}: {message}"


def test_a_table_that_is_no_table_is_named(tmp_path: Path) -> None:
    file = write(tmp_path / "pyproject.toml", "[tool]\nlambda-perf = ['LPF1']\n")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, None, isolated=False)
    assert str(caught.value) == f"{file}: [tool.lambda-perf] must be a table, not an array"


def test_a_named_file_that_is_missing_or_says_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as missing:
        load(tmp_path, tmp_path / "no.toml", isolated=False)
    assert str(missing.value) == (
        f"{tmp_path / 'no.toml'}: cannot be read: No such file or directory; name another file or repair it"
    )
    empty = write(tmp_path / "pyproject.toml", "[project]\n")
    with pytest.raises(ConfigError) as silent:
        load(tmp_path, empty, isolated=False)
    assert str(silent.value) == f"{empty}: has no [tool.lambda-perf]; add the table or name another file"


@pytest.mark.parametrize(
    ("files", "root"),
    [
        pytest.param(["a/lambda-perf.toml", "lambda-perf.toml", "a/b/.git/HEAD"], "a", id="the nearest settings first"),
        pytest.param(["own:a/pyproject.toml", "a/b/.git/HEAD"], "a", id="a table counts as settings"),
        pytest.param(["broken:a/pyproject.toml", "a/b/.git/HEAD"], "a", id="a broken table too, to be reported"),
        pytest.param(["a/b/pyproject.toml", "a/.git/HEAD"], "a", id="else the repository"),
        pytest.param(["a/.git"], "a", id="a work tree's .git is a file"),
        pytest.param(["a/template.yaml", "a/b/pyproject.toml", "a/b/c/serverless.yml"], "a", id="else the topmost"),
        pytest.param([], "a/b/c", id="else the folder itself"),
    ],
)
def test_the_root_is_found_for_a_file_and_for_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: list[str], root: str
) -> None:
    monkeypatch.setattr("flake8_lambda_perf.config._is_common_ground", tmp_path.is_relative_to)
    contents = {"own": "[tool.lambda-perf]\n", "broken": "[tool.lambda-perf\n", "": ""}
    for entry in files:
        kind, _, name = entry.rpartition(":")
        write(tmp_path / name, contents[kind])
    app = write(tmp_path / "a" / "b" / "c" / "app.py")
    assert find_root(app) == tmp_path / root
    assert find_root(app.parent) == tmp_path / root
    assert is_project(tmp_path / root) is bool(files)


def test_a_stray_file_in_the_home_folder_makes_no_project_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    write(tmp_path / "Dockerfile")
    write(tmp_path / ".git" / "HEAD")
    app = write(tmp_path / "service" / "src" / "app.py")
    write(tmp_path / "service" / "template.yaml")
    assert find_root(app) == tmp_path / "service"
    assert find_root(tmp_path) == tmp_path
    assert not is_project(tmp_path)


def test_settings_in_the_home_folder_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    write(tmp_path / "lambda-perf.toml")
    assert find_root(write(tmp_path / "service" / "app.py")) == tmp_path
    assert is_project(tmp_path)


def test_a_relative_path_and_a_file_not_yet_written_have_a_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "lambda-perf.toml")
    monkeypatch.chdir(tmp_path)
    assert find_root(Path("new.py")) == tmp_path
