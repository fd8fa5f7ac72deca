"""The process that does the work: reads jobs from stdin, writes results to stdout, one at a time.

A frame is four bytes of length and that many bytes. A job is a frame of JSON (what to do) and a frame of JSON or text (on
what); an answer is one frame of JSON. It holds no secrets, opens nothing and is limited in memory; its parent kills it when
a job takes too long. It ends when stdin does.
"""

import os
import random
import re
import resource
import struct
import sys
from typing import Any, BinaryIO

import orjson

MEMORY_BYTES = 768 * 1024 * 1024
DEEPEST = 300
_LARGEST = 128 * 1024 * 1024
_TRIPS = (ArithmeticError, AssertionError, AttributeError, LookupError, NameError, TypeError, ValueError, re.error)
"""What the evaluator raises of its own instead of its error type."""


class Refusal(Exception):
    """An answer that says no: its kind, a sentence, and where."""

    def __init__(self, kind: str, message: str, *, index: int = 0, position: int = -1) -> None:
        super().__init__(message)
        self.told = {"error": kind, "message": message[:500], "index": index, "position": position}


def main() -> None:
    """Work until stdin ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.setrecursionlimit(DEEPEST * 40)  # the evaluator's own depth counts, not the interpreter's
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDWR), 1)  # whatever a library prints must not look like an answer
    while (job := _read(source)) is not None:
        data = _read(source)
        if data is None:
            return
        answer = _answer(job, data)
        sink.write(struct.pack(">I", len(answer)) + answer)
        sink.flush()


def _read(source: BinaryIO) -> bytes | None:
    head = source.read(4)
    if len(head) < 4:
        return None
    (size,) = struct.unpack(">I", head)
    return source.read(size) if size <= _LARGEST else None


def _answer(job: bytes, data: bytes) -> bytes:
    try:
        asked = orjson.loads(job)
        answer = orjson.dumps({"results": _DOES[asked["do"]](asked, data)})
        if len(answer) > asked["most_bytes"]:
            raise Refusal("costly", f"the result is larger than {asked['most_bytes']} bytes")
        return answer
    except Refusal as refusal:
        return orjson.dumps(refusal.told)
    except (MemoryError, RecursionError) as error:
        kind = "costly" if isinstance(error, MemoryError) else "failed"
        what = "it needs too much memory" if isinstance(error, MemoryError) else "it is nested too deeply"
        return orjson.dumps({"error": kind, "message": what, "index": 0, "position": -1})
    except (TypeError, ValueError) as error:  # of orjson: a function, a number without end
        told = {"error": "failed", "message": f"the result is not JSON: {error}"[:300], "index": 0, "position": -1}
        return orjson.dumps(told)


def _check(asked: dict[str, Any], _data: bytes) -> list[None]:
    """Read expressions without running them."""
    for index, text in enumerate(asked["expressions"]):
        _compiled(text, index, asked["timeout_ms"])
    return []


def _evaluate(asked: dict[str, Any], data: bytes) -> list[Any]:
    """Each expression over the same input. `then` are expressions over the result of the one before, as `rows` and `map`."""
    try:
        given = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Refusal("failed", f"what it should read is not JSON: {error}") from None
    bindings = asked.get("bindings") or {}
    now_ms = asked.get("now_ms")
    random.seed(asked.get("seed"))  # without one, from the system: a trial's chance must not go on into the next job

    def value(text: str, index: int, over: Any) -> Any:
        expression = _compiled(text, index, asked["timeout_ms"])
        return _run(expression if now_ms is None else _standing_still(expression, now_ms), over, bindings, index)

    results: list[Any] = []
    for index, text in enumerate(asked["expressions"]):
        results.append(value(text, index, given))
    for index, text in enumerate(asked.get("then") or (), len(results)):
        results.append(value(text, index, results[-1] if results else given))
    return results


def _standing_still(expression: Any, now_ms: int) -> Any:
    """The expression with a clock that shows one moment; the evaluator sets its own at every run."""

    class Still(type(expression)):  # type: ignore[misc]
        @property
        def timestamp(self) -> int:
            return now_ms

        @timestamp.setter
        def timestamp(self, _value: int) -> None:
            """Stays."""

    del expression.timestamp
    expression.__class__ = Still
    return expression


def _compiled(text: str, index: int, timeout_ms: int) -> Any:
    from jsonata import Jsonata
    from jsonata.jexception import JException

    try:
        return Jsonata(text, timeout=timeout_ms, stack=DEEPEST)
    except JException as error:
        raise Refusal("unreadable", _said(error), index=index, position=_position(error)) from None
    except (RecursionError, MemoryError):
        raise Refusal("unreadable", "the expression is nested too deeply", index=index) from None
    except _TRIPS as error:  # hostile texts make the parser trip; whatever it cannot read is refused
        raise Refusal("unreadable", f"the expression cannot be read ({type(error).__name__})", index=index) from None


def _run(expression: Any, given: Any, bindings: dict[str, Any], index: int) -> Any:
    from jsonata.jexception import JException

    expression.set_validate_input(False)
    try:
        return expression.evaluate(given, bindings)
    except JException as error:
        kind = "costly" if error.error in {"D1011", "D1012"} else "failed"
        raise Refusal(kind, _said(error), index=index, position=_position(error)) from None
    except (RecursionError, MemoryError):
        raise
    except _TRIPS as error:
        raise Refusal("failed", f"{type(error).__name__}: {error}", index=index) from None


def _said(error: Any) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else str(error.error)


def _position(error: Any) -> int:
    location = getattr(error, "location", -1)
    return location if isinstance(location, int) else -1


def _yaml(_asked: dict[str, Any], data: bytes) -> list[Any]:
    """YAML 1.2 as JSON. Times stay text, and keys become text."""
    from ruamel.yaml import YAML
    from ruamel.yaml.constructor import SafeConstructor
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    class Plain(SafeConstructor):
        """Without times and binaries: JSON has neither."""

    def as_text(constructor: Any, node: Any) -> Any:
        return constructor.construct_scalar(node)

    for tag in ("timestamp", "binary"):
        Plain.add_constructor(f"tag:yaml.org,2002:{tag}", as_text)
    reader = YAML(typ="safe", pure=True)
    reader.Constructor = Plain
    try:
        found = reader.load(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Refusal("text", "the text is not UTF-8") from None
    except MarkedYAMLError as error:
        mark = error.problem_mark
        where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise Refusal("text", f"{error.problem or 'not YAML'}{where}") from None
    except YAMLError as error:
        raise Refusal("text", str(error).splitlines()[0]) from None
    except RecursionError:
        raise Refusal("text", "it is nested too deeply") from None
    try:
        return [orjson.loads(orjson.dumps(found, option=orjson.OPT_NON_STR_KEYS))]
    except TypeError as error:
        raise Refusal("text", f"it holds what JSON cannot: {error}") from None


_DOES = {"check": _check, "evaluate": _evaluate, "yaml": _yaml}

if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, BrokenPipeError):
        sys.exit(0)
