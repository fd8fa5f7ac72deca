"""Providers of language models on loopback that say what a test wrote for them, in the real protocols."""

import json
from typing import Any

from fakes.receiver import Behaviour, Received, answers

USAGE = (210, 40)


def says(text: str, usage: tuple[int, int] | None = USAGE) -> Behaviour:
    """A completion of OpenAI's chat protocol; without `usage` it tells no counts."""
    return _completion({"role": "assistant", "content": text}, "stop", usage)


def calls_a_tool(name: str = "restart_server") -> Behaviour:
    """A model that only ever wants to call a tool, which nobody offered."""
    call = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": "{}"}}
    return _completion({"role": "assistant", "content": None, "tool_calls": [call]}, "tool_calls", USAGE)


def says_as_anthropic(text: str) -> Behaviour:
    """A message of Anthropic's protocol."""
    body = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "scripted",
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": USAGE[0], "output_tokens": USAGE[1]},
    }
    return _json(body)


def plans(*steps: dict[str, Any], intent: str = "value", **more: object) -> str:
    """What a good model writes."""
    return json.dumps({"intent": intent, "steps": list(steps), **more})


def metric_step(metric: str = "cpu.usage", items: list[str] | None = None, **more: object) -> dict[str, Any]:
    window = {"start": "2026-03-01T00:00:00+09:00", "end": "2026-03-02T00:00:00+09:00"}
    step = {"id": "s1", "kind": "metric", "metric": metric, "window": window, "aggregate": "avg"}
    return step | ({"item_ids": items} if items is not None else {}) | more


def spoken(request: Received) -> list[dict[str, Any]]:
    """The messages of a request that came in."""
    found: list[dict[str, Any]] = json.loads(request.body)["messages"]
    return found


def _completion(message: dict[str, Any], reason: str, usage: tuple[int, int] | None) -> Behaviour:
    body: dict[str, Any] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_772_000_000,
        "model": "scripted",
        "choices": [{"index": 0, "finish_reason": reason, "message": message}],
    }
    if usage is not None:
        body["usage"] = {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)}
    return _json(body)


def _json(body: dict[str, Any]) -> Behaviour:
    return answers(200, json.dumps(body).encode(), content_type="application/json")
