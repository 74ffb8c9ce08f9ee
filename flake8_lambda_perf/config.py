"""The settings of a project: where its root is, and `[tool.lambda-perf]` as one frozen value."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal, cast

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.errors import ConfigError

ClientForm = Literal["auto", "module", "cached"]

OWN_FILE = "lambda-perf.toml"
PYPROJECT = "pyproject.toml"
TABLE = "lambda-perf"

PROJECT_FILES = frozenset(
    {
        PYPROJECT, "template.yaml", "template.yml", "template.json", "samconfig.toml", "cdk.json", "serverless.yml",
        "serverless.yaml", "serverless.json", "serverless.ts", "serverless.js", "zappa_settings.json",
        "zappa_settings.toml", "zappa_settings.yaml", "zappa_settings.yml", ".chalice", "host.json", "sst.config.ts",
        "Pulumi.yaml", "firebase.json", "main.tf", "Dockerfile",
    }
)  # fmt: skip  # one name a line would take a screen
"""What marks the root of a project that has neither settings nor a repository."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user asks for; `source` is the file it came from, empty where there is none."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    enable: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    exclude: tuple[str, ...] | None = None
    extend_exclude: tuple[str, ...] = ()
    force_exclude: bool = False
    handlers: tuple[str, ...] = ()
    extra_clients: tuple[str, ...] = ()
    client_form: ClientForm = "auto"
    heavy_import_ms: float = 50.0
    max_eager_routers: int = 10
    max_package_mb: int = 100
    snapstart: bool = False
    target_version: tuple[int, int] | None = None
    cache_dir: str | None = None
    source: str = ""


def find_root(path: Path) -> Path:
    """Return the project's root for a file or folder: settings, else repository, else the topmost project file.

    The home folder and the file system's root are taken for a project only if they hold settings: a stray
    file there must not make everything below one project.
    """
    start = path.absolute()
    if not start.is_dir():
        start = start.parent
    above = (start, *start.parents)
    for folder in above:
        if _has_settings(folder):
            return folder
    below_home = [folder for folder in above if folder == start or not _is_common_ground(folder)]
    for folder in below_home:
        if (folder / ".git").exists():
            return folder
    marked = [folder for folder in below_home if any((folder / name).exists() for name in PROJECT_FILES)]
    return marked[-1] if marked else start


def is_project(root: Path) -> bool:
    """Tell whether something marks a folder as a root: it may also be no more than the place of a file."""
    if _has_settings(root):
        return True
    return not _is_common_ground(root) and any((root / name).exists() for name in (".git", *PROJECT_FILES))


def load(root: Path, config: Path | None, isolated: bool) -> Settings:
    """Return the settings of the file `config`, else of the root's own file; none are read when `isolated`."""
    if isolated:
        return Settings()
    if config is not None:
        return _load_named(config)
    if (root / OWN_FILE).is_file():
        return _settings(_read_toml(root / OWN_FILE), str(root / OWN_FILE))
    table = _table_of(root / PYPROJECT)
    return Settings() if table is None else _settings(table, str(root / PYPROJECT))


def _is_common_ground(folder: Path) -> bool:
    """Tell whether a folder holds many projects: the user's home, and everything above it."""
    try:
        return folder.parent == folder or Path.home().is_relative_to(folder)
    except RuntimeError:  # no home folder can be determined
        return False


def _has_settings(folder: Path) -> bool:
    """Tell whether a folder has settings of ours; a broken file counts if it names us, so that `load` reports it."""
    if (folder / OWN_FILE).is_file():
        return True
    pyproject = folder / PYPROJECT
    try:
        data = pyproject.read_bytes()
    except OSError:  # there is none, or it is not ours to read: other folders decide
        return False
    if TABLE.encode() not in data:
        return False
    try:
        return _table_of(pyproject) is not None
    except ConfigError:
        return True


def _load_named(config: Path) -> Settings:
    """Read the file named with --config: a pyproject.toml, or a file whose keys stand at the top."""
    document = _read_toml(config)
    tool = document.get("tool")
    if isinstance(tool, dict) and TABLE in tool:
        return _settings(_as_table(tool[TABLE], str(config)), str(config))
    if config.name == PYPROJECT:
        raise ConfigError(f"{config}: has no [tool.{TABLE}]; add the table or name another file")
    return _settings(document, str(config))


def _table_of(pyproject: Path) -> Mapping[str, object] | None:
    """Return `[tool.lambda-perf]` of a pyproject.toml; None where file or table is missing."""
    if not pyproject.is_file():
        return None
    tool = _read_toml(pyproject).get("tool")
    if not isinstance(tool, dict) or TABLE not in tool:
        return None
    return _as_table(tool[TABLE], str(pyproject))


def _as_table(value: object, source: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise ConfigError(f"{source}: [tool.{TABLE}] must be a table, not {_kind(value)}")
    return cast("Mapping[str, object]", value)


def _read_toml(path: Path) -> Mapping[str, object]:
    """Parse a TOML file; what is wrong with it is said with its place."""
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n"))
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read: {error.strerror or error}; name another file or repair it"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 (byte {error.start + 1}); TOML files must be, save it so") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is not valid TOML: {error}; repair it") from error
    except RecursionError as error:
        raise ConfigError(f"{path}: is nested too deeply to be settings; repair it") from error


def _settings(table: Mapping[str, object], source: str) -> Settings:
    """Turn a table into settings, every key checked."""
    _refuse_unknown(table, source)
    reader = _Reader(table, source)
    default = Settings()
    return Settings(
        select=reader.texts("select"),
        ignore=reader.texts("ignore"),
        extend_select=reader.texts("extend-select"),
        enable=reader.texts("enable"),
        per_file_ignores=reader.texts_by_pattern("per-file-ignores"),
        exclude=reader.texts("exclude") if "exclude" in table else None,
        extend_exclude=reader.texts("extend-exclude"),
        force_exclude=reader.flag("force-exclude", default.force_exclude),
        handlers=reader.texts("handlers"),
        extra_clients=reader.texts("extra-clients"),
        client_form=cast("ClientForm", reader.choice("client-form", CLIENT_FORMS, default.client_form)),
        heavy_import_ms=reader.number("heavy-import-ms", default.heavy_import_ms),
        max_eager_routers=reader.count("max-eager-routers", default.max_eager_routers),
        max_package_mb=reader.count("max-package-mb", default.max_package_mb),
        snapstart=reader.flag("snapstart", default.snapstart),
        target_version=reader.version("target-version"),
        cache_dir=reader.text("cache-dir"),
        source=source,
    )


CLIENT_FORMS = ("auto", "module", "cached")

KEYS = tuple(name.replace("_", "-") for name in Settings.__dataclass_fields__ if name != "source")
"""Every key of `[tool.lambda-perf]`, in the order of the documentation."""


def _refuse_unknown(table: Mapping[str, object], source: str) -> None:
    for key in table:
        if key not in KEYS:
            raise ConfigError(f"{source}: unknown key `{key}`{_nearest(key.replace('_', '-'), KEYS)}")


def _nearest(word: str, known: Iterable[str]) -> str:
    """Return "; did you mean ...?", or the whole list where nothing is near."""
    from difflib import get_close_matches  # needed for a message only

    names = sorted(known)
    match = get_close_matches(word, names, 1)
    return f"; did you mean `{match[0]}`?" if match else f"; known are {', '.join(names)}"


def _kind(value: object) -> str:
    """Name the TOML type of a value as its user would."""
    match value:
        case bool():
            return "true or false"
        case str():
            return f'the text "{value}"'
        case int() | float():
            return f"the number {value}"
        case list():
            return "an array"
        case dict():
            return "a table"
        case _:
            return "a date or time"


class _Reader:
    """Reads typed values out of one table; a wrong type is an error that names file and key."""

    __slots__ = ("_source", "_table")

    def __init__(self, table: Mapping[str, object], source: str) -> None:
        self._table = table
        self._source = source

    def texts(self, key: str) -> tuple[str, ...]:
        return self._texts(key, self._table.get(key, []))

    def texts_by_pattern(self, key: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        value = self._table.get(key, {})
        if not isinstance(value, dict):
            raise self._wrong(key, 'a table such as {"tests/*" = ["LPF1"]}', value)
        return tuple((pattern, self._texts(f"{key}.{pattern}", codes)) for pattern, codes in value.items())

    def text(self, key: str) -> str | None:
        value = self._table.get(key)
        if value is not None and not (isinstance(value, str) and value):
            raise self._wrong(key, "a text", value)
        return value

    def flag(self, key: str, default: bool) -> bool:
        value = self._table.get(key, default)
        if not isinstance(value, bool):
            raise self._wrong(key, "true or false", value)
        return value

    def number(self, key: str, default: float) -> float:
        value = self._table.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
            raise self._wrong(key, "a number from 0", value)
        return float(value)

    def count(self, key: str, default: int) -> int:
        value = self._table.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self._wrong(key, "a whole number from 0", value)
        return value

    def choice(self, key: str, choices: tuple[str, ...], default: str) -> str:
        value = self._table.get(key, default)
        if value not in choices:
            raise self._wrong(key, "one of " + ", ".join(f'"{choice}"' for choice in choices), value)
        return str(value)

    def version(self, key: str) -> tuple[int, int] | None:
        value = self._table.get(key)
        if value is None:
            return None
        parts = value.split(".") if isinstance(value, str) else []
        if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) < 4 for part in parts):
            raise self._wrong(key, 'a version such as "3.12"', value)
        return int(parts[0]), int(parts[1])

    def _texts(self, key: str, value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise self._wrong(key, "an array of texts", value)
        return tuple(value)

    def _wrong(self, key: str, wanted: str, value: object) -> ConfigError:
        return ConfigError(f"{self._source}: `{key}` must be {wanted}, not {_kind(value)}")
