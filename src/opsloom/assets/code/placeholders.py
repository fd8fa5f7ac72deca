"""Placeholders of bundles: `{{ params.cpu }}` in a text stands for a value that is given when the bundle is used.

The language is JSONata, cut down to what cannot run long or grow large: paths, comparisons, arithmetic, conditions and a few
functions of text; every part of an expression's tree must be on the list here. Placeholders that name neither `params` nor
`bundle` belong to the asset itself (the title of a rule, the mapping of an API) and stay as they are.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

import orjson

from opsloom.assets.code.reading import Json

_PLACEHOLDER: Final = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_OURS: Final = re.compile(r"(?<![\w.$\"'])(params|bundle)\s*\.")
_LONGEST: Final = 500
_PARTS: Final = frozenset(
    {"path", "name", "string", "number", "value", "binary", "condition", "block", "unary", "filter", "function"}
)
_FUNCTIONS: Final = frozenset(
    {"string", "number", "boolean", "not", "exists", "length", "uppercase", "lowercase", "trim", "substring", "substringBefore",
     "substringAfter", "contains", "round", "floor", "ceil", "abs", "min", "max", "join", "split", "count"}
)  # fmt: skip
_TIMEOUT_MS: Final = 500
_DEPTH: Final = 60


class PlaceholderInvalid(Exception):
    """An expression that cannot be used, or that gives nothing; the text is a sentence."""


def fill(text: str, context: Mapping[str, Json]) -> Json:
    """The text with its placeholders evaluated; one that is the whole text keeps its type. Raises PlaceholderInvalid."""
    first = _PLACEHOLDER.match(text.strip())
    if first is not None and first.end() == len(text.strip()) and _OURS.search(first.group(1)):
        return evaluate(first.group(1), context)
    return _PLACEHOLDER.sub(lambda found: _as_text(found, context), text)


def _as_text(found: re.Match[str], context: Mapping[str, Json]) -> str:
    if not _OURS.search(found.group(1)):
        return found.group()
    value = evaluate(found.group(1), context)
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, int, float)):
        return orjson.dumps(value).decode()
    raise PlaceholderInvalid(f"{found.group()[:100]} is no text or number; it can only stand alone.")


def evaluate(expression: str, context: Mapping[str, Json]) -> Json:
    """The value of one expression. Raises PlaceholderInvalid."""
    evaluator, refusal = _evaluator()
    shown = f"{{{{{expression[:100]}}}}}"
    if len(expression) > _LONGEST:
        raise PlaceholderInvalid(f"{shown} is longer than {_LONGEST} characters.")
    try:
        compiled = evaluator(expression, timeout=_TIMEOUT_MS, stack=_DEPTH)
        for part in _refused(compiled.ast):
            raise PlaceholderInvalid(f"{shown} uses {part}, which a placeholder may not.")
        value = compiled.evaluate(dict(context))
    except refusal as error:
        raise PlaceholderInvalid(f"{shown} cannot be read: {str(error)[:200]}.") from None
    except (TypeError, ValueError, ArithmeticError, AttributeError, KeyError, IndexError, RecursionError) as error:
        # The library's own slips on input it did not expect; they say nothing a writer of bundles could use.
        raise PlaceholderInvalid(f"{shown} cannot be evaluated ({type(error).__name__}).") from None
    if value is None:
        raise PlaceholderInvalid(f"{shown} gives nothing; is it declared in the bundle's parameters?")
    return value


@cache
def _evaluator() -> Any:
    """The library, needed by those who use bundles only. When it is imported it lifts the interpreter's recursion limit tenfold
    for everybody, and with it what keeps deeply nested input of strangers from the C stack: that is put back."""
    limit = sys.getrecursionlimit()
    try:
        from jsonata import Jsonata
        from jsonata.jexception import JException
    finally:
        sys.setrecursionlimit(limit)
    return Jsonata, JException


def _refused(symbol: Any) -> Iterator[str]:
    """What stands in an expression's tree and is not on the list."""
    from jsonata.parser import Parser

    if isinstance(symbol, (list, tuple)):
        for each in symbol:
            yield from _refused(each)
        return
    if not isinstance(symbol, Parser.Symbol):
        return
    if symbol.type not in _PARTS:
        yield f"“{symbol.value or symbol.type}”"
    elif symbol.value == "..":
        yield "a range"
    elif symbol.type == "function":
        yield from _refused_function(symbol)
    for name, each in vars(symbol).items():
        if name not in {"_outer_instance", "procedure"}:
            yield from _refused(each)


def _refused_function(symbol: Any) -> Iterator[str]:
    procedure = symbol.procedure
    if procedure.type != "variable" or procedure.value not in _FUNCTIONS:
        yield f"the function ${procedure.value}"
