"""How the statements and patterns of LibCST correspond to those of ast."""

from __future__ import annotations

import ast
from typing import Any, Final

import libcst as cst

from flake8_lambda_perf.syntax.expressions import arguments, parameters
from flake8_lambda_perf.syntax.parts import (
    Pairs,
    Shape,
    bodies,
    check_name,
    dotted,
    fields,
    mismatch,
    perhaps,
    shape,
    statements_of,
    together,
)


def _assign(node: Any, partner: Any) -> Pairs:
    yield from together(node, (target.target for target in node.targets), partner.targets)
    yield node.value, partner.value


def _annotated(node: Any, partner: Any) -> Pairs:
    yield node.target, partner.target
    yield node.annotation.annotation, partner.annotation
    yield from perhaps(node, node.value, partner.value)


def _delete(node: Any, partner: Any) -> Pairs:
    """Pairs `del a, b`, which LibCST reads as deleting one tuple and ast as deleting two names."""
    if isinstance(node.target, cst.Tuple) and not node.target.lpar:
        yield from together(node, (element.value for element in node.target.elements), partner.targets)
    else:
        yield from together(node, [node.target], partner.targets)


def _raise(node: Any, partner: Any) -> Pairs:
    yield from perhaps(node, node.exc, partner.exc)
    yield from perhaps(node, node.cause and node.cause.item, partner.cause)


def _import(node: Any, partner: Any) -> Pairs:
    return together(node, node.names, partner.names)


def _import_from(node: Any, partner: Any) -> Pairs:
    check_name(node, dotted(node.module), partner.module or "")
    if len(node.relative) != partner.level:
        raise mismatch(node, partner)
    names = [node.names] if isinstance(node.names, cst.ImportStar) else node.names
    yield from together(node, names, partner.names)


def _star(node: Any, partner: Any) -> Pairs:
    check_name(node, "*", partner.name)
    return iter(())


def _alias(node: Any, partner: Any) -> Pairs:
    check_name(node, dotted(node.name), partner.name)
    check_name(node, dotted(node.asname and node.asname.name), partner.asname or "")
    return iter(())


def _type_alias(node: Any, partner: Any) -> Pairs:
    yield node.name, partner.name
    yield from _type_parameters(node, partner)
    yield node.value, partner.value


def _type_parameters(node: Any, partner: Any) -> Pairs:
    parameters = node.type_parameters.params if node.type_parameters else ()
    return together(node, parameters, getattr(partner, "type_params", ()))


def _type_parameter(node: Any, partner: Any) -> Pairs:
    check_name(node, node.param.name.value, partner.name)
    yield from perhaps(node, getattr(node.param, "bound", None), getattr(partner, "bound", None))
    default = getattr(partner, "default_value", None)
    if node.star and isinstance(default, ast.Starred):
        default = default.value
    yield from perhaps(node, node.default, default)


def _decorators(node: Any, partner: Any) -> Pairs:
    return together(node, node.decorators, partner.decorator_list)


def _function(node: Any, partner: Any) -> Pairs:
    check_name(node, node.name.value, partner.name)
    if (node.asynchronous is None) != isinstance(partner, ast.FunctionDef):
        raise mismatch(node, partner)
    yield from _decorators(node, partner)
    yield from _type_parameters(node, partner)
    yield from parameters(node.params, partner.args)
    yield from perhaps(node, node.returns and node.returns.annotation, partner.returns)
    yield from bodies(node, partner)


def _class(node: Any, partner: Any) -> Pairs:
    check_name(node, node.name.value, partner.name)
    yield from _decorators(node, partner)
    yield from _type_parameters(node, partner)
    yield from arguments(node, [*node.bases, *node.keywords], partner.bases, partner.keywords)
    yield from bodies(node, partner)


def _else(node: Any, partner: Any) -> Pairs:
    """Pairs what follows `else`, or the `elif` that ast has as the only statement there."""
    if isinstance(node.orelse, cst.If):
        return together(node, [node.orelse], partner.orelse)
    return together(node, statements_of(node.orelse and node.orelse.body), partner.orelse)


def _if(node: Any, partner: Any) -> Pairs:
    yield node.test, partner.test
    yield from bodies(node, partner)
    yield from _else(node, partner)


def _for(node: Any, partner: Any) -> Pairs:
    if (node.asynchronous is None) != isinstance(partner, ast.For):
        raise mismatch(node, partner)
    yield node.target, partner.target
    yield node.iter, partner.iter
    yield from bodies(node, partner)
    yield from _else(node, partner)


def _with(node: Any, partner: Any) -> Pairs:
    if (node.asynchronous is None) != isinstance(partner, ast.With):
        raise mismatch(node, partner)
    yield from together(node, node.items, partner.items)
    yield from bodies(node, partner)


def _with_item(node: Any, partner: Any) -> Pairs:
    yield node.item, partner.context_expr
    yield from perhaps(node, node.asname and node.asname.name, partner.optional_vars)


def _try(node: Any, partner: Any) -> Pairs:
    yield from bodies(node, partner)
    yield from together(node, node.handlers, partner.handlers)
    yield from _else(node, partner)
    finalbody = node.finalbody and node.finalbody.body
    yield from together(node, statements_of(finalbody), partner.finalbody)


def _except(node: Any, partner: Any) -> Pairs:
    check_name(node, dotted(node.name and node.name.name), partner.name or "")
    yield from perhaps(node, node.type, partner.type)
    yield from bodies(node, partner)


def _match(node: Any, partner: Any) -> Pairs:
    yield node.subject, partner.subject
    yield from together(node, node.cases, partner.cases)


def _case(node: Any, partner: Any) -> Pairs:
    yield node.pattern, partner.pattern
    yield from perhaps(node, node.guard, partner.guard)
    yield from bodies(node, partner)


def _sequence(node: Any, partner: Any) -> Pairs:
    parts = (part if isinstance(part, cst.MatchStar) else part.value for part in node.patterns)
    return together(node, parts, partner.patterns)


def _mapping(node: Any, partner: Any) -> Pairs:
    check_name(node, dotted(node.rest), partner.rest or "")
    yield from together(node, (element.key for element in node.elements), partner.keys)
    yield from together(node, (element.pattern for element in node.elements), partner.patterns)


def _match_class(node: Any, partner: Any) -> Pairs:
    yield node.cls, partner.cls
    yield from _sequence(node, partner)
    for keyword, known in together(node, node.kwds, partner.kwd_attrs):
        check_name(keyword, keyword.key.value, known)
    yield from together(node, (keyword.pattern for keyword in node.kwds), partner.kwd_patterns)


def _match_as(node: Any, partner: Any) -> Pairs:
    check_name(node, dotted(node.name), partner.name or "")
    return perhaps(node, node.pattern, partner.pattern)


def _match_or(node: Any, partner: Any) -> Pairs:
    return together(node, (part.pattern for part in node.patterns), partner.patterns)


def _match_star(node: Any, partner: Any) -> Pairs:
    check_name(node, dotted(node.name), partner.name or "")
    return iter(())


STATEMENTS: Final[dict[str, Shape]] = {
    "AnnAssign": shape("AnnAssign", _annotated),
    "Assert": shape("Assert", fields(test="test", msg="msg")),
    "Assign": shape("Assign", _assign),
    "AugAssign": shape("AugAssign", fields(target="target", value="value")),
    "Break": shape("Break"),
    "ClassDef": shape("ClassDef", _class),
    "Continue": shape("Continue"),
    "Del": shape("Delete", _delete),
    "ExceptHandler": shape("ExceptHandler", _except),
    "ExceptStarHandler": shape("ExceptHandler", _except),
    "Expr": shape("Expr", fields(value="value")),
    "For": shape("For AsyncFor", _for),
    "FunctionDef": shape("FunctionDef AsyncFunctionDef", _function),
    "Global": shape("Global"),
    "If": shape("If", _if),
    "Import": shape("Import", _import),
    "ImportAlias": shape("alias", _alias),
    "ImportFrom": shape("ImportFrom", _import_from),
    "ImportStar": shape("alias", _star),
    "LazyImport": shape("Import", _import),
    "LazyImportFrom": shape("ImportFrom", _import_from),
    "Match": shape("Match", _match),
    "MatchAs": shape("MatchAs", _match_as),
    "MatchCase": shape("match_case", _case),
    "MatchClass": shape("MatchClass", _match_class),
    "MatchList": shape("MatchSequence", _sequence),
    "MatchMapping": shape("MatchMapping", _mapping),
    "MatchOr": shape("MatchOr", _match_or),
    "MatchSingleton": shape("MatchSingleton"),
    "MatchStar": shape("MatchStar", _match_star),
    "MatchTuple": shape("MatchSequence", _sequence),
    "MatchValue": shape("MatchValue", fields(value="value")),
    "Module": shape("Module", lambda node, partner: together(node, statements_of(node), partner.body)),
    "Nonlocal": shape("Nonlocal"),
    "Pass": shape("Pass"),
    "Raise": shape("Raise", _raise),
    "Return": shape("Return", fields(value="value")),
    "Try": shape("Try", _try),
    "TryStar": shape("TryStar", _try),
    "TypeAlias": shape("TypeAlias", _type_alias),
    "TypeParam": shape("TypeVar TypeVarTuple ParamSpec", _type_parameter),
    "While": shape("While", _if),
    "With": shape("With AsyncWith", _with),
    "WithItem": shape("withitem", _with_item),
}
