"""An upstream's answer: what its status means, and its body as JSON. Pure."""

from collections.abc import Mapping
from typing import Any

import orjson

from opsloom.apis.errors import RunTimedOut, UpstreamBusy, UpstreamFailed, UpstreamRefused
from opsloom.connections.service import HttpAnswer
from opsloom.kit.errors import FieldProblem, OpsloomError

Json = Any
_SAID = 300
_LONGEST_WAIT_S = 3_600.0


def refusal(answer: HttpAnswer) -> OpsloomError | None:
    """The error that an answer's status means: 502, 503 or 504 by what went wrong. None for a success."""
    status = answer.status
    if 200 <= status < 300:
        return None
    problem = FieldProblem(pointer="/logic", detail=_said(answer), code=f"upstream_{status}")
    if status in (429, 503):
        wait_s = _wait(answer.headers)
        return UpstreamBusy(f"The upstream answered {status}.", details=[problem], retry_after_s=wait_s)
    if status in (408, 504):
        return RunTimedOut(f"The upstream answered {status}: it took too long itself.", details=[problem])
    if status >= 500:
        return UpstreamFailed(f"The upstream answered {status}.", details=[problem])
    if status in (401, 403, 407):
        hint = "Check the credential of the connection."
        return UpstreamRefused(f"The upstream answered {status}.", details=[problem], hint=hint)
    hint = "See `errors` for what it said; check the values and the API's definition."
    return UpstreamRefused(f"The upstream answered {status}.", details=[problem], hint=hint)


def as_json(answer: HttpAnswer) -> bytes:
    """The body as JSON text: as it is, or as one string. Raises UpstreamFailed for broken JSON."""
    body = answer.body
    if not body.strip():
        return b"null"
    kind = header(answer.headers, "content-type").partition(";")[0].strip().lower()
    if kind.endswith("json") or kind in ("", "text/plain"):
        try:
            orjson.loads(body)
            return body
        except orjson.JSONDecodeError as error:
            if kind.endswith("json"):
                raise UpstreamFailed(f"The upstream's answer is not JSON: {error}.") from None
    return orjson.dumps(body.decode("utf-8", "replace"))


def header(headers: Mapping[str, str], name: str) -> str:
    """A header whatever its case."""
    return next((value for key, value in headers.items() if key.lower() == name), "")


def as_rows(value: Json) -> list[Json]:
    """A result as rows: a list is its items, nothing is none, anything else is one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _wait(headers: Mapping[str, str]) -> float:
    text = header(headers, "retry-after").strip()
    return min(float(text), _LONGEST_WAIT_S) if text.isascii() and text.isdigit() else 1.0


def _said(answer: HttpAnswer) -> str:
    text = answer.body[: 4 * _SAID].decode("utf-8", "replace")
    shown = "".join(letter if letter.isprintable() else " " for letter in text).strip()
    return shown[:_SAID] or "It said nothing more."
