"""The SARIF report as others read it: `sarif-pydantic`, an object model of SARIF 2.1.0 that knows nothing of us."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from report_sample import RUN

from flake8_lambda_perf.model import Run
from flake8_lambda_perf.report import render

pydantic = pytest.importorskip("pydantic")
sarif = pytest.importorskip("sarif_pydantic")

MODEL_LACKS = frozenset({"Run.columnKind", "Invocation.toolExecutionNotifications"})
"""What the standard has (3.14.17, 3.20.21) and the model does not; the schema beside this file holds it."""


def unknown(value: object) -> Iterator[str]:
    """Names the properties in a parsed log that the model does not have."""
    if isinstance(value, pydantic.BaseModel):
        yield from (f"{type(value).__name__}.{name}" for name in value.model_extra or ())
        for name in type(value).model_fields:
            yield from unknown(getattr(value, name))
    elif isinstance(value, list):
        for inner in value:
            yield from unknown(inner)


@pytest.mark.parametrize("run", [RUN, Run()], ids=["whole", "empty"])
def test_an_independent_model_of_sarif_reads_all_of_it(run: Run) -> None:
    text = render(run, "sarif")
    parsed = sarif.Sarif.model_validate_json(text, strict=True)
    assert set(unknown(parsed)) <= MODEL_LACKS
    written = parsed.model_dump(mode="json", by_alias=True, exclude_unset=True)
    assert written == json.loads(text)


def test_the_independent_model_tells_a_property_that_sarif_does_not_have() -> None:
    log = json.loads(render(RUN, "sarif"))
    log["runs"][0]["result"] = []
    assert set(unknown(sarif.Sarif.model_validate_json(json.dumps(log), strict=True))) - MODEL_LACKS == {"Run.result"}


def test_the_independent_model_refuses_a_number_for_a_text() -> None:
    log = json.loads(render(RUN, "sarif"))
    log["runs"][0]["results"][0]["message"]["text"] = 7
    with pytest.raises(pydantic.ValidationError, match=r"runs\.0\.results\.0\.message\.text"):
        sarif.Sarif.model_validate_json(json.dumps(log), strict=True)
