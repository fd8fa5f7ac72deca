"""Holds an answer against what was expected: pure.

Invariant: an answer that states another number than the oracle's is wrong, one that states none is merely silent; the two are never mixed,
since saying nothing is allowed and inventing is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from opsloom.ask.blocks import Answer, AnswerStatus
from opsloom.ask.golden import said
from opsloom.ask.golden.content import Expected, Fact, FactKind
from opsloom.ask.plan import Decision, Planned, Refusal
from opsloom.ask.tools.contract import Row
from opsloom.kit.model import Shown

SAME_MOMENT = timedelta(minutes=1)
SHOWN = 400


class Verdict(StrEnum):
    RIGHT = "right"
    SILENT = "silent"  # not said
    WRONG = "wrong"  # said otherwise


class Finding(Shown):
    """One expectation and what the answer says about it."""

    name: str
    verdict: Verdict
    expected: str
    said: str
    number: bool = False


_UNSAID = frozenset({AnswerStatus.REFUSED, AnswerStatus.NEEDS_CHOICE, AnswerStatus.FAILED, AnswerStatus.STOPPED})


def judge(
    expected: Expected, oracles: Mapping[str, Sequence[Row]], decision: Decision | None, answer: Answer
) -> list[Finding]:
    """A finding for each expectation, in the order they stand there. `oracles` are the rows of each fact's SQL."""
    found = [_status(expected, decision, answer)]
    found += [_fact(fact, oracles[fact.name], answer) for fact in expected.facts]
    if expected.entities:
        named = [one.name for one in decision.plan.entities] if isinstance(decision, Planned) else []
        found.append(_all_there("entities", expected.entities, named))
    if expected.candidates:
        put = said.offered(answer)
        found.append(_all_there("candidates", expected.candidates, [one for one in expected.candidates if one in put]))
    if expected.blocks:
        found.append(_all_there("blocks", expected.blocks, [block.type for block in answer.blocks]))
    if expected.tools:
        found.append(_all_there("tools", expected.tools, [one.tool for one in answer.references]))
    text = said.text(answer).casefold()
    for line in expected.forbidden:
        verdict = Verdict.WRONG if line.casefold() in text else Verdict.RIGHT
        found.append(Finding(name="forbidden", verdict=verdict, expected=f"not: {line}", said=_short([text])))
    return found


def _status(expected: Expected, decision: Decision | None, answer: Answer) -> Finding:
    reason = decision.reason if isinstance(decision, Refusal) else None
    same = answer.status is expected.status and (expected.reason is None or reason is expected.reason)
    verdict = Verdict.RIGHT if same else Verdict.SILENT if answer.status in _UNSAID else Verdict.WRONG
    return Finding(
        name="status",
        verdict=verdict,
        expected=" ".join(filter(None, (expected.status, expected.reason))),
        said=" ".join(filter(None, (answer.status, reason))),
    )


def _fact(fact: Fact, rows: Sequence[Row], answer: Answer) -> Finding:
    match fact.kind:
        case FactKind.NUMBER:
            return _number(fact, rows, answer)
        case FactKind.SERIES:
            return _series(fact, rows, answer)
        case FactKind.TIME:
            return _time(fact, rows, answer)
        case FactKind.WORDS:
            return _words(fact, rows, answer)
        case FactKind.CAUSE:
            first = said.first_cause(answer)
            return _compared(fact, _names(rows)[:1], [first] if first else [])
        case _:
            return _listed(fact, rows, answer)


def _number(fact: Fact, rows: Sequence[Row], answer: Answer) -> Finding:
    wanted = _value(rows)
    found = [] if answer.status in _UNSAID else said.numbers(answer)
    if wanted is None:
        verdict = Verdict.WRONG if found else Verdict.RIGHT
    elif any(_close(one, wanted, fact.tolerance) for one in found):
        verdict = Verdict.RIGHT
    else:
        verdict = Verdict.WRONG if found else Verdict.SILENT
    shown = "none" if wanted is None else f"{wanted:g}"
    return Finding(name=fact.name, verdict=verdict, expected=shown, said=_short(found), number=True)


def _series(fact: Fact, rows: Sequence[Row], answer: Answer) -> Finding:
    wanted = [value for row in rows if (value := _as_number(list(row.values())[-1])) is not None]
    every = [one for one in said.series(answer) if one]
    for found in every:
        pairs = zip(found, wanted, strict=True) if len(found) == len(wanted) else ()
        if wanted and len(found) == len(wanted) and all(_close(a, b, fact.tolerance) for a, b in pairs):
            return Finding(
                name=fact.name, verdict=Verdict.RIGHT, expected=_short(wanted), said=_short(found), number=True
            )
    verdict = Verdict.WRONG if every else Verdict.SILENT
    longest = max(every, key=len, default=[])
    return Finding(name=fact.name, verdict=verdict, expected=_short(wanted), said=_short(longest), number=True)


def _time(fact: Fact, rows: Sequence[Row], answer: Answer) -> Finding:
    wanted = next((_as_time(cell) for row in rows for cell in row.values()), None)
    found = list(said.moments(answer))
    right = wanted is not None and any(abs(one - wanted) < SAME_MOMENT for one in found[:3])
    verdict = Verdict.RIGHT if right else Verdict.WRONG if found else Verdict.SILENT
    return Finding(name=fact.name, verdict=verdict, expected=str(wanted), said=_short(found))


def _words(fact: Fact, rows: Sequence[Row], answer: Answer) -> Finding:
    text = said.text(answer)
    wanted = [str(cell) for row in rows for cell in row.values()]
    missing = [one for one in wanted if one.casefold() not in text.casefold()]
    verdict = Verdict.SILENT if missing else Verdict.RIGHT
    return Finding(name=fact.name, verdict=verdict, expected=_short(wanted), said=_short([text]))


def _listed(fact: Fact, rows: Sequence[Row], answer: Answer) -> Finding:
    """The list of the answer that comes nearest to the wanted one is what it is held to."""
    wanted = _names(rows)
    every = [one for one in said.rankings(answer) if one]
    overlap = [(len(set(one) & set(wanted)), one) for one in every]
    nearest = max(overlap, key=lambda one: (one[0], -len(one[1])), default=(0, []))[1]
    if fact.kind is FactKind.NAMES:
        same = sorted(set(nearest)) == sorted(set(wanted))
        verdict = Verdict.RIGHT if same else Verdict.WRONG if nearest else Verdict.SILENT
        return Finding(name=fact.name, verdict=verdict, expected=_short(wanted), said=_short(nearest))
    return _compared(fact, wanted, nearest[: len(wanted)])


def _compared(fact: Fact, wanted: Sequence[str], found: Sequence[str]) -> Finding:
    verdict = Verdict.RIGHT if list(wanted) == list(found) else Verdict.WRONG if found else Verdict.SILENT
    return Finding(name=fact.name, verdict=verdict, expected=_short(wanted), said=_short(found))


def _all_there(name: str, wanted: Sequence[str], found: Sequence[str]) -> Finding:
    verdict = Verdict.RIGHT if set(wanted) <= set(found) else Verdict.SILENT
    return Finding(name=name, verdict=verdict, expected=_short(wanted), said=_short(list(dict.fromkeys(found))))


def _names(rows: Sequence[Row]) -> list[str]:
    return [str(next(iter(row.values()))) for row in rows]


def _value(rows: Sequence[Row]) -> float | None:
    return _as_number(next(iter(rows[0].values()))) if rows else None


def _as_number(cell: object) -> float | None:
    return float(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else None


def _as_time(cell: object) -> datetime | None:
    return datetime.fromisoformat(cell) if isinstance(cell, str) else None


def _close(one: float, two: float, percent: float) -> bool:
    return abs(one - two) <= max(abs(two) * percent / 100, 1e-9)


def _short(values: Sequence[object]) -> str:
    shown = ", ".join(f"{one:g}" if isinstance(one, float) else str(one) for one in values)
    return shown if len(shown) <= SHOWN else shown[:SHOWN] + " …"
