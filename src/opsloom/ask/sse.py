"""What a question tells, as server-sent events: `begun`, `stage`, `plan`, `step`, `blocks`, and one `answer` or `error` at the end."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

import orjson

from opsloom.ask.blocks import Stage
from opsloom.ask.schemas import QuestionShown
from opsloom.ask.stages import SoFar, StepDone
from opsloom.ask.work import Begun, Broken, Recorded, Told

Events = AsyncGenerator[bytes, None]


async def events(numbered: AsyncGenerator[tuple[int, Told], None]) -> Events:
    """Each with its number, from which it can be followed again."""
    async with aclosing(numbered):
        async for number, one in numbered:
            name, data = _event(one)
            yield b"id: %d\nevent: %b\ndata: %b\n\n" % (number, name, data)


async def record(question: QuestionShown) -> Events:
    """A question that has ended long ago tells its answer."""
    yield b"event: answer\ndata: %b\n\n" % question.model_dump_json().encode()


def _event(one: Told) -> tuple[bytes, bytes]:
    match one:
        case Begun(question_id, thread_id):
            return b"begun", orjson.dumps({"question_id": question_id, "thread_id": thread_id})
        case Stage():
            return b"stage", one.model_dump_json().encode()
        case StepDone():
            return b"step", orjson.dumps(one)
        case SoFar(answer):
            return b"blocks", answer.model_dump_json(include={"blocks", "references"}).encode()
        case Recorded(question):
            return b"answer", question.model_dump_json().encode()
        case Broken(problem):
            told = {"status": problem.status, "code": problem.code, "title": problem.title, "detail": problem.message}
            return b"error", orjson.dumps(told)
        case _:
            return b"plan", one.model_dump_json().encode()
