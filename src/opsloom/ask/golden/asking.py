"""Asks a golden question as a person would, with the clock it is asked by, and runs the SQL that knows the truth."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import asyncpg

from opsloom.ask.blocks import Answer
from opsloom.ask.golden.content import GoldenQuestion
from opsloom.ask.golden.judge import Finding, Verdict, judge
from opsloom.ask.pipeline import Asked, Asker
from opsloom.ask.plan import Decision
from opsloom.ask.planning.previous import Previous
from opsloom.ask.records import previous_of
from opsloom.ask.stages import Finished
from opsloom.ask.tools.contract import Row, ToolContext
from opsloom.ask.tools.reading import fetch
from opsloom.identity.scope import Scope
from opsloom.inventory.schemas import Parameter, ParameterType, Query

_LOCAL: Final = "(date_trunc('{unit}', $1::timestamptz at time zone $2::text) at time zone $2::text)"
_PLACES: Final = {
    "now": "$1::timestamptz",
    "zone": "$2::text",
    "today": _LOCAL.format(unit="day"),
    "week": _LOCAL.format(unit="week"),
    "month": _LOCAL.format(unit="month"),
}
_PLACE: Final = re.compile(r"(?<![:\w]):(" + "|".join(_PLACES) + r")\b")


_WITH: Final = re.compile(r"with\s+(?:recursive\s+)?", re.IGNORECASE)


@dataclass(frozen=True)
class Played:
    """What came of one golden question. `broken` says why an oracle could not be asked."""

    findings: list[Finding]
    decision: Decision | None
    answer: Answer
    took_ms: float
    broken: str = ""


async def play(asker: Asker, scope: Scope, golden: GoldenQuestion, now: datetime) -> Played:
    """Asks it after the questions before it, and judges the answer. Raises ConnectionLost."""
    previous: Previous | None = None
    for text in golden.before:
        finished = await _ask(asker, scope, _asked(golden, text, now, previous))
        previous = previous_of(text, finished.decision, finished.answer) or previous
    began = asker.clock.monotonic()
    finished = await _ask(asker, scope, _asked(golden, golden.question, now, previous))
    took_ms = round((asker.clock.monotonic() - began) * 1000, 3)
    try:
        oracles = await truth(asker, scope, golden, now)
    except asyncpg.PostgresError as error:
        return Played([_no_oracle(error)], finished.decision, finished.answer, took_ms, str(error)[:300])
    findings = judge(golden.expect, oracles, finished.decision, finished.answer)
    return Played(findings, finished.decision, finished.answer, took_ms)


async def truth(asker: Asker, scope: Scope, golden: GoldenQuestion, now: datetime) -> dict[str, Sequence[Row]]:
    """The rows of each fact's SQL, read as the reader of the views. Raises the driver's errors."""
    context = ToolContext(asker.db, scope, asker.clock, asker.policy.step_deadline_s)
    return {
        fact.name: (await fetch(context, oracle(fact.sql, now, golden.zone))).rows for fact in golden.expect.facts
    }  # fmt: skip


def oracle(sql: str, now: datetime, zone: str) -> Query:
    """The SQL of a fact with the clock bound."""
    filled = _PLACE.sub(lambda found: _PLACES[found[1]], sql).strip()
    # Both values must stand somewhere for their types to be known.
    clock = "clock as (select $1::timestamptz, $2::text)"
    begun = _WITH.match(filled)
    used = f"{begun[0]}{clock}, {filled[begun.end() :]}" if begun else f"with {clock} {filled}"
    return Query(
        sql=used,
        parameters=[
            Parameter(type=ParameterType.TIME, value=now.isoformat()),
            Parameter(type=ParameterType.TEXT, value=zone),
        ],
    )


def _asked(golden: GoldenQuestion, text: str, now: datetime, previous: Previous | None) -> Asked:
    return Asked(text, ZoneInfo(golden.zone), now, mode=golden.mode, previous=previous)


async def _ask(asker: Asker, scope: Scope, asked: Asked) -> Finished:
    finished: Finished | None = None
    async with aclosing(asker.answer(scope, asked)) as every:
        async for progress in every:
            if isinstance(progress, Finished):
                finished = progress
    assert finished is not None, "the last word of a question is its answer"
    return finished


def _no_oracle(error: asyncpg.PostgresError) -> Finding:
    return Finding(name="oracle", verdict=Verdict.SILENT, expected="SQL that runs", said=str(error)[:300])
