"""How often each rule spoke."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flake8_lambda_perf.model import Run


def render(run: Run) -> str:
    """One line a rule, the most frequent first: `12  LPF101 aws-client-per-invocation`."""
    counts = Counter((finding.code, finding.name) for finding in run.findings)
    rows = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    width = len(str(rows[0][1])) if rows else 0
    return "".join(f"{number:>{width}}  {code} {name}\n" for (code, name), number in rows)
