"""Prometheus over its HTTP API: instant and range queries, and its metrics to browse."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any
from urllib.parse import quote, unquote, urlencode

import orjson

from opsloom.connections.content import Limits
from opsloom.connections.errors import CredentialsRefused, NothingThere, QueryRefused, TargetFailed
from opsloom.connections.opened import Steps
from opsloom.connections.results import HttpAnswer, HttpCall, Node, Series
from opsloom.connections.web.service import WebService

_FORM = {"content-type": "application/x-www-form-urlencoded"}
_SHOWN = 5000
_SAMPLES = 500


@dataclass(frozen=True, slots=True)
class Range:
    """From and to as Unix seconds, both ends included, every `step_s`."""

    start_s: float
    end_s: float
    step_s: float


class Prometheus(WebService):
    """One version of a Prometheus connection."""

    async def promql(self, expression: str, at: float | Range | None, limits: Limits) -> list[Series]:
        """The series of an expression: at an instant (None: now), or over a range.

        Raises QueryRefused, TargetFailed, CredentialsRefused, and what `call` raises.
        """
        form: dict[str, str] = {"query": expression, "timeout": f"{limits.total_s:g}s"}
        path = "api/v1/query"
        if isinstance(at, Range):
            path = "api/v1/query_range"
            form |= {"start": repr(at.start_s), "end": repr(at.end_s), "step": repr(at.step_s)}
        elif at is not None:
            form["time"] = repr(at)
        answer = await self.call(HttpCall("POST", path, headers=_FORM, body=urlencode(form).encode()), limits)
        return read_series(_data(answer), limits.rows)

    async def _ask_something(self, steps: Steps) -> None:
        async with steps.step("request") as note:
            info = _data(await self.call(HttpCall(path="api/v1/status/buildinfo"), self._limits))
            note.detail = f"Prometheus {info.get('version', '')}".strip() if isinstance(info, dict) else ""
        async with steps.step("query") as note:
            found = await self.promql("vector(1)", None, self._limits)
            note.detail = (
                f"vector(1) → {found[0].points[0][1]:g}" if found and found[0].points else "It answers nothing."
            )

    async def browse(self, path: str) -> list[Node]:
        if not path:
            names = _data(await self.call(HttpCall(path="api/v1/label/__name__/values"), self._limits))
            kinds = _data(await self.call(HttpCall(path="api/v1/metadata"), self._limits))
            return [_metric(str(name), kinds) for name in (names if isinstance(names, list) else [])[:_SHOWN]]
        name = unquote(path)
        found = await self.promql(f"{{__name__={orjson.dumps(name).decode()}}}", None, self._limits)
        if not found:
            raise NothingThere(f"There is no sample of “{name}” now.")
        return [
            Node(
                path, _labels(each.labels), "series", leaf=True, detail=f"{each.points[-1][1]:g}" if each.points else ""
            )
            for each in found[:_SAMPLES]
        ]


def _metric(name: str, kinds: object) -> Node:
    described = kinds.get(name) if isinstance(kinds, dict) else None
    first = described[0] if isinstance(described, list) and described and isinstance(described[0], dict) else {}
    kind = str(first.get("type", "")) or "metric"
    return Node(quote(name, safe=""), name, kind, leaf=False, detail=str(first.get("help", ""))[:500])


def _labels(labels: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in sorted(labels.items()) if name != "__name__") or "no labels"


def _data(answer: HttpAnswer) -> object:
    """The `data` of an answer of the API. Raises QueryRefused for what Prometheus refuses."""
    if answer.status in {401, 403}:
        raise CredentialsRefused(f"Prometheus answered {answer.status}.", hint="Check the credential.")
    try:
        body: Any = orjson.loads(answer.body)
    except orjson.JSONDecodeError as error:
        raise TargetFailed(f"It answered {answer.status}, and not as Prometheus does.") from error
    if not isinstance(body, dict) or body.get("status") not in {"success", "error"}:
        raise TargetFailed(f"It answered {answer.status}, and not as Prometheus does.")
    if body["status"] == "error":
        sentence = f"Prometheus says: {str(body.get('error', ''))[:1000]}"
        raise QueryRefused(sentence) if body.get("errorType") == "bad_data" else TargetFailed(sentence)
    return body.get("data")


def read_series(data: object, most: int) -> list[Series]:
    """Vector, matrix, scalar or string as series; at most `most` points in all. Raises TargetFailed."""
    try:
        return _read(data, most)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise TargetFailed("The answer is not what Prometheus answers.") from error


def _read(data: Any, most: int) -> list[Series]:
    kind, result = data["resultType"], data["result"]
    if kind in {"scalar", "string"}:
        return [Series({}, [_point(result)] if kind == "scalar" else [], truncated=False)]
    found: list[Series] = []
    left = most
    for each in result:
        pairs = each["values"] if kind == "matrix" else [each["value"]] if "value" in each else []
        points = [_point(pair) for pair in pairs[:left]]
        left -= len(points)
        labels = {str(name): str(value) for name, value in each["metric"].items()}
        found.append(Series(labels, points, truncated=len(points) < len(pairs)))
        if left == 0:
            break
    return found


def _point(pair: Any) -> tuple[float, float | None]:
    """JSON knows no NaN and no infinity: they become None."""
    moment, value = float(pair[0]), float(pair[1])
    return moment, value if isfinite(value) else None
