"""Terraform's operators on what is known."""

from __future__ import annotations

from collections.abc import Sequence

from flake8_lambda_perf.manifests.terraform.data import MISSING, UNKNOWN, Data, Unknown, as_flag, as_text

LIMIT = 10**15


def operate(operator: str, operands: Sequence[Data]) -> Data:
    """The result of an operator with one or two operands."""
    if operator in ("&&", "||"):
        return _logic(operands, decisive=operator == "||")
    if any(operand is MISSING for operand in operands):
        return MISSING
    if operator == "!":
        flag = as_flag(operands[0])
        return UNKNOWN if flag is None else not flag
    if operator in ("==", "!="):
        same = _same(operands[0], operands[1])
        return UNKNOWN if same is None else same == (operator == "==")
    numbers = [operand for operand in operands if isinstance(operand, int) and abs(operand) < LIMIT]
    return _arithmetic(operator, numbers) if len(numbers) == len(operands) else UNKNOWN


def _logic(operands: Sequence[Data], *, decisive: bool) -> Data:
    flags = [as_flag(operand) for operand in operands]
    if decisive in flags:
        return decisive
    return UNKNOWN if None in flags else not decisive


def _same(one: Data, other: Data) -> bool | None:
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        return None
    if one is None or other is None:
        return one is other
    if isinstance(one, tuple | dict) and isinstance(other, tuple | dict) and not (one and other):
        return bool(one) == bool(other)
    texts = as_text(one), as_text(other)
    return None if None in texts else texts[0] == texts[1]


def _arithmetic(operator: str, numbers: Sequence[int]) -> Data:
    match operator, numbers:
        case "-", [number]:
            return -number
        case "+", [one, other]:
            return one + other
        case "-", [one, other]:
            return one - other
        case "*", [one, other]:
            return one * other
        case "%", [one, other] if one >= 0 and other > 0:
            return one % other
        case "/", [one, other] if other and one % other == 0:
            return one // other
        case "<", [one, other]:
            return one < other
        case ">", [one, other]:
            return one > other
        case "<=", [one, other]:
            return one <= other
        case ">=", [one, other]:
            return one >= other
        case _:
            return UNKNOWN
