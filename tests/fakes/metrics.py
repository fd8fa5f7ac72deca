"""The part of Prometheus's HTTP API that is used, over two metrics whose values can be computed by hand."""

import asyncio
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fakes.receiver import Receiver, answers

METRICS = {"up": {"job": "shop", "instance": "a:1"}, "load": {"job": "shop", "instance": "a:1"}}


def _ok(data: Any) -> tuple[int, Any]:
    return 200, {"status": "success", "data": data}


def _bad(sentence: str) -> tuple[int, Any]:
    return 400, {"status": "error", "errorType": "bad_data", "error": sentence}


def _query(form: dict[str, list[str]]) -> tuple[int, Any]:
    expression, at = form["query"][0], float(form.get("time", ["1000"])[0])
    if expression == "vector(1)":
        return _ok({"resultType": "vector", "result": [{"metric": {}, "value": [at, "1"]}]})
    if expression == "scalar(up)":
        return _ok({"resultType": "scalar", "result": [at, "1"]})
    for name, labels in METRICS.items():
        if expression in {name, f'{{__name__="{name}"}}'}:
            value = "NaN" if name == "load" and at == 13 else str(at)
            return _ok(
                {"resultType": "vector", "result": [{"metric": {"__name__": name, **labels}, "value": [at, value]}]}
            )
    if expression == '{__name__="gone"}':
        return _ok({"resultType": "vector", "result": []})
    return _bad(f"invalid parameter “query”: parse error at {expression}")


def _range(form: dict[str, list[str]]) -> tuple[int, Any]:
    start, end, step = (float(form[name][0]) for name in ("start", "end", "step"))
    count = int((end - start) / step) + 1
    values = [[start + n * step, str(start + n * step)] for n in range(count)]
    labels = {"__name__": form["query"][0], **METRICS["up"]}
    return _ok({"resultType": "matrix", "result": [{"metric": labels, "values": values}]})


async def prometheus(receiver: Receiver, writer: asyncio.StreamWriter) -> None:
    """Answers what came in last."""
    asked = receiver.received[-1]
    path = urlsplit(asked.path).path
    form = parse_qs(asked.body.decode())
    if path.endswith("/api/v1/query"):
        status, body = _query(form)
    elif path.endswith("/api/v1/query_range"):
        status, body = _range(form)
    elif path.endswith("/label/__name__/values"):
        status, body = _ok(sorted(METRICS))
    elif path.endswith("/metadata"):
        status, body = _ok({"up": [{"type": "gauge", "help": "Whether it is up.", "unit": ""}]})
    elif path.endswith("/status/buildinfo"):
        status, body = _ok({"version": "3.5.0"})
    else:
        status, body = 404, {"status": "error", "errorType": "not_found", "error": "no such page"}
    await answers(status, json.dumps(body).encode(), content_type="application/json")(receiver, writer)
