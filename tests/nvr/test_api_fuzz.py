"""schemathesis over the whole OpenAPI document, in this process, by somebody who may everything: each answer is one that it tells.

Each operation gets boundary cases of its parameters and body, good and bad: an even choice of them, the same in every run. `script/fuzz`
tries all of them, and many more at random. Each case is taken back, so that they may come in any order.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from rest_framework.throttling import SimpleRateThrottle
from schemathesis import BaseSchema, Case, GenerationMode, Response
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import GenerationConfig
from schemathesis.core.failures import AcceptedNegativeData, Failure, FailureGroup, ServerError
from schemathesis.core.result import Ok
from schemathesis.openapi.checks import RejectedPositiveData

from nvr.people.tokens import create_token
from tests.support import fuzzing
from tests.support.fuzzing import Furnished
from tests.support.people import House

# 0: the even choice only.
EXAMPLES = int(os.environ.get("NVR_FUZZ_EXAMPLES", "0"))
BOUNDARY_CASES = 14
PARTS: tuple[str, ...] = (
    "audit",
    "auth",
    "camera-groups",
    "cameras",
    "discovery",
    "events",
    "exports",
    "grants",
    "groups",
    "layouts",
    "notifications",
)
PARTS += ("protections", "sessions", "settings", "storage", "system", "tokens", "users")
pytestmark = [
    pytest.mark.timeout(240 + 240 * EXAMPLES),
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators"),  # what is told in pieces, without ASGI
]
load_all_checks()
ALL_CHECKS: list[Any] = CHECKS.get_all()


@pytest.fixture(scope="module")
def schema() -> BaseSchema:
    return fuzzing.schema()


@pytest.fixture
def furnished(house: House, tmp_path: Path) -> Furnished:
    return fuzzing.furnish(house, tmp_path)


@pytest.fixture(autouse=True)
def _quietly(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Without throttles, and without a line in the log for each of thousands of refusals."""
    monkeypatch.setattr(SimpleRateThrottle, "THROTTLE_RATES", dict.fromkeys(SimpleRateThrottle.THROTTLE_RATES))
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_no_part_of_the_api_is_left_out(schema: BaseSchema) -> None:
    assert {path.split("/")[3] for path in schema} == set(PARTS)


@pytest.mark.parametrize("part", PARTS)
def test_every_answer_is_one_that_the_document_tells(schema: BaseSchema, furnished: Furnished, part: str) -> None:
    headers = {"Authorization": f"Bearer {create_token(furnished.house.alice)}"}
    found: dict[str, str] = {}
    for result in schema.include(path_regex=f"^/api/v1/{part}/").get_all_operations():
        assert isinstance(result, Ok)
        for case in _cases(schema, result.ok()):
            for failure in _failures(case, furnished, headers):
                found.setdefault(failure, _in_words(case))
    assert not found, "\n\n".join(f"{what}\n  {case}" for what, case in found.items())


def _cases(schema: BaseSchema, operation: Any) -> Iterator[Case[Any]]:
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        boundary = list(schema.iter_coverage_cases(operation, generation_modes=[mode], generation_config=GenerationConfig()))
        if EXAMPLES:
            yield from boundary
            yield from _random(operation, mode)
        else:
            yield from boundary[:: -(-len(boundary) // BOUNDARY_CASES) or 1]


def _random(operation: Any, mode: GenerationMode) -> list[Case[Any]]:
    drawn: list[Case[Any]] = []

    @settings(max_examples=EXAMPLES, derandomize=True, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy(generation_mode=mode))
    def draw(case: Case[Any]) -> None:
        drawn.append(case)

    draw()
    return drawn


def _failures(case: Case[Any], furnished: Furnished, headers: dict[str, str]) -> Iterator[str]:
    components = case.meta.components if case.meta else {}
    is_bad_path = any(where.value == "path" and info.mode is GenerationMode.NEGATIVE for where, info in components.items())
    if case.path_parameters and not is_bad_path:
        known = furnished.parameters(case.operation.path)
        case.path_parameters = {name: known.get(name, value) for name, value in case.path_parameters.items()}
    with transaction.atomic():
        answer = case.call(headers=headers)
        try:
            case.validate_response(answer, headers=headers, checks=ALL_CHECKS)
        except FailureGroup as group:
            for failure in group.exceptions:
                if not _is_no_fault_of_ours(failure, answer):
                    yield f"{case.operation.label}: {type(failure).__name__}: {failure}"
        transaction.set_rollback(True)


def _is_no_fault_of_ours(failure: Failure, answer: Response) -> bool:
    """A schema can't say that the end comes after the start, or what time zones there are: then the answer has to, by field. A made up
    ETag is not the one in If-Match. And the furnished camera is not there: a device that does not answer is told by 502."""
    if answer.status_code == 412:
        return isinstance(failure, RejectedPositiveData | AcceptedNegativeData)
    if isinstance(failure, RejectedPositiveData):
        return answer.status_code == 400 and all(answer.json()["errors"].values())
    return isinstance(failure, ServerError) and answer.status_code == 502


def _in_words(case: Case[Any]) -> str:
    return f"{case.method} {case.formatted_path} {dict(case.query or {})} {str(case.body)[:600]}"
