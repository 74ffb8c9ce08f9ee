"""What every hoist keeps, over all programs of the case files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hoisting import assert_kept, hoisted
from test_cases import ALL

if TYPE_CHECKING:
    from pathlib import Path

    from test_cases import Case

CASES = [case for case in ALL if any(name.endswith(".py") for name in case.files)]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.rule}: {case.title}" for case in CASES])
def test_a_hoisted_program_compiles_keeps_its_comments_and_gets_no_new_flaw(case: Case, tmp_path: Path) -> None:
    after = hoisted(tmp_path, case.files, unsafe=True)
    for name, text in after.items():
        if text != case.files[name]:
            assert_kept(case.files[name], text)
