"""The cache on disk: what was kept is read back as it was, whatever else lies there is not believed."""

from __future__ import annotations

import copy
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from report_sample import HANDLER, RUN

from flake8_lambda_perf.model import Problem, Run
from flake8_lambda_perf.project import cache

KEY = cache.key_of([b"app.py", b"import boto3\n"])
DEPLOYED = replace(HANDLER, runtime="python3.13", memory=512, timeout=30, snapstart=True, vpc=False)
WHOLE = replace(RUN, handlers=(HANDLER, DEPLOYED), seconds=0.0)
"""A run with everything a run may hold: both safeties, a new file, a problem, a handler that says much."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def stored(run: Run, folder: Path) -> dict[str, Any]:
    """What a run is on disk."""
    cache.save(folder, KEY, run)
    value: dict[str, Any] = json.loads((folder / f"{KEY}.json").read_text("utf-8"))
    return value


def read_back(value: object, folder: Path) -> Run | None:
    (folder / f"{KEY}.json").write_text(json.dumps(value), "utf-8")
    return cache.load(folder, KEY)


@pytest.mark.parametrize(
    "run", [WHOLE, Run(), Run(problems=(Problem("a\udcff.py", 3, "é"),))], ids=["whole", "empty", "odd"]
)
def test_a_run_is_read_back_as_it_was(run: Run, folder: Path) -> None:
    cache.save(folder, KEY, run)
    assert cache.load(folder, KEY) == run


def test_what_was_never_kept_is_not_there(folder: Path) -> None:
    assert cache.load(folder, KEY) is None
    cache.save(folder, KEY, WHOLE)
    assert cache.load(folder, cache.key_of([b"app.py", b"import boto4\n"])) is None


def test_parts_are_told_apart_by_where_they_end() -> None:
    keys = {cache.key_of(parts) for parts in ([b"ab", b"c"], [b"a", b"bc"], [b"abc"], [b"abc", b""], [])}
    assert len(keys) == 5


def test_a_cache_says_what_it_is_and_keeps_out_of_git(folder: Path) -> None:
    cache.save(folder, KEY, WHOLE)
    assert {path.name for path in folder.iterdir()} == {".gitignore", "CACHEDIR.TAG", f"{KEY}.json"}
    assert (folder / ".gitignore").read_text() == "*\n"
    assert (folder / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")


def places(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value, from its root."""
    yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from places(inner, (*path, key))


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def with_at(value: Any, path: tuple[Any, ...], new: object) -> object:
    if not path:
        return new
    changed = copy.deepcopy(value)
    at(changed, path[:-1])[path[-1]] = new
    return changed


STRANGERS: list[object] = [None, True, 7, 1.5, "safer", [], {}, [1], {"a": 1}, ["x"], [[]]]


def test_a_value_of_another_kind_is_believed_nowhere(folder: Path) -> None:
    """Each value in a stored run is replaced by values of every kind JSON knows: none is taken for what it is not."""
    value = stored(WHOLE, folder)
    for path in places(value):
        for stranger in STRANGERS:
            found = read_back(with_at(value, path, stranger), folder)
            if found is not None:
                cache.save(folder, KEY, found)  # what was believed is exactly what stood there
                kept = json.loads((folder / f"{KEY}.json").read_text("utf-8"))
                assert kept == with_at(value, path, stranger), (path, stranger)
                assert type(at(value, path)) is type(stranger) or None in (at(value, path), stranger), (path, stranger)


def test_a_field_too_few_or_too_many_is_not_believed(folder: Path) -> None:
    value = stored(WHOLE, folder)
    objects = [path for path in places(value) if isinstance(at(value, path), dict)]
    assert len(objects) > 20
    for path in objects:
        for name in at(value, path):
            fewer = {key: inner for key, inner in at(value, path).items() if key != name}
            assert read_back(with_at(value, path, fewer), folder) is None, (path, name)
        assert read_back(with_at(value, path, {**at(value, path), "more": 1}), folder) is None, path


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "cut off": lambda data: data[: len(data) // 2],
    "empty": lambda _: b"",
    "not UTF-8": lambda data: b"\xff" + data,
    "two values": lambda data: data + data,
    "a number too long to read": lambda _: b'{"files": ' + b"9" * 5000 + b"}",
    "nested without end": lambda _: b"[" * 200_000,
}


@pytest.mark.parametrize("damage", BROKEN.values(), ids=BROKEN)
def test_a_damaged_entry_is_not_believed(damage: Callable[[bytes], bytes], folder: Path) -> None:
    cache.save(folder, KEY, WHOLE)
    entry = folder / f"{KEY}.json"
    entry.write_bytes(damage(entry.read_bytes()))
    assert cache.load(folder, KEY) is None


def test_reading_an_entry_runs_no_code(folder: Path, tmp_path: Path) -> None:
    """A pickle that would make a file when it is read makes none, and is no run."""
    made = tmp_path / "made"

    class Planted:
        def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
            return os.mkdir, (str(made),)

    cache.save(folder, KEY, WHOLE)
    (folder / f"{KEY}.json").write_bytes(pickle.dumps(Planted()))
    assert cache.load(folder, KEY) is None
    assert not made.exists()


def test_the_oldest_entries_go_first_and_nothing_else_goes(folder: Path) -> None:
    cache.save(folder, KEY, WHOLE)
    (folder / "mine.json").write_text("{}")
    keys = [cache.key_of([str(number).encode()]) for number in range(cache.KEPT + 5)]
    for age, key in enumerate([KEY, *keys]):
        cache.save(folder, key, Run())
        os.utime(folder / f"{key}.json", (age, age))
    cache.save(folder, KEY, WHOLE)
    left = {path.stem for path in folder.glob("*.json")} - {"mine"}
    assert left == {KEY, *keys[-(cache.KEPT - 1) :]}
    assert (folder / "mine.json").read_text() == "{}"


WRITER = """
import sys
from pathlib import Path
from report_sample import RUN
from flake8_lambda_perf.project import cache
for turn in range(100):
    cache.save(Path(sys.argv[1]), sys.argv[2], RUN)
print("done")
"""


def test_two_writers_never_show_a_reader_half_a_run(folder: Path) -> None:
    cache.save(folder, KEY, WHOLE)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(["tests", "."])}
    command = [sys.executable, "-c", WRITER, str(folder), KEY]
    root = Path(__file__).parent.parent
    writers = [
        subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    seen = {cache.load(folder, KEY) == WHOLE or cache.load(folder, KEY) == replace(RUN, seconds=0.0) for _ in range(50)}
    while any(writer.poll() is None for writer in writers):
        seen.add(cache.load(folder, KEY) in (WHOLE, replace(RUN, seconds=0.0)))
    assert [writer.communicate()[0] for writer in writers] == ["done\n", "done\n"]
    assert seen == {True}
    assert {path.name for path in folder.iterdir()} == {".gitignore", "CACHEDIR.TAG", f"{KEY}.json"}


@pytest.mark.parametrize("below", ["", "deeper"], ids=["a file in its place", "a file on the way"])
def test_where_nothing_can_be_written_nothing_is_kept(below: str, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("mine")
    cache.save(taken / below, KEY, WHOLE)
    assert cache.load(taken / below, KEY) is None
    assert taken.read_text() == "mine"


@pytest.mark.skipif(os.name == "nt", reason="links are not everybody's to make there")
def test_a_link_that_came_with_a_project_is_no_cache(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    assert cache.folder_of(tmp_path / "shop", None) == tmp_path / "shop" / cache.FOLDER
    (tmp_path / "shop" / cache.FOLDER).symlink_to(tmp_path)
    assert cache.folder_of(tmp_path / "shop", None) is None
    assert cache.folder_of(tmp_path / "shop", "kept") == tmp_path / "shop" / "kept"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions bind neither root nor Windows")
def test_a_folder_that_may_not_be_written_is_left_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        cache.save(tmp_path, KEY, WHOLE)
        assert list(tmp_path.iterdir()) == []
    finally:
        tmp_path.chmod(0o700)


def test_an_interrupted_write_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.save(folder, KEY, WHOLE)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pathlib.Path.replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        cache.save(folder, cache.key_of([b"another"]), WHOLE)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
