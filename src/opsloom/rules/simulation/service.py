"""Runs simulations: reads what is asked for, takes it through the engine piece by piece, and tells how far it is.

Nothing is held while it runs, so whoever stops listening has cancelled it. The work is done beside the event loop.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets import service as assets
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.rules.candidates import Candidate, candidate
from opsloom.rules.cases.facts import fact_of
from opsloom.rules.cases.schemas import CaseFact
from opsloom.rules.document import RuleDocument
from opsloom.rules.errors import RuleInvalid
from opsloom.rules.facts import Batch, Fact
from opsloom.rules.kind import RULE
from opsloom.rules.model import FactSource
from opsloom.rules.moments import to_datetime, to_micros
from opsloom.rules.program import Identity
from opsloom.rules.simulation.reading import Reader
from opsloom.rules.simulation.run import Simulation, differing
from opsloom.rules.simulation.schemas import (
    Comparison,
    Past,
    Pasted,
    PastedFact,
    SimulatedRule,
    SimulationProgress,
    SimulationRequest,
    SimulationShown,
)

LONGEST: Final = timedelta(days=31)
MAX_S: Final = 120.0
_NEW: Final = UUID(int=1)
Told = SimulationProgress | SimulationShown


@dataclass(frozen=True)
class Asked:
    """A simulation that can run: the candidates (the second one is compared), and the stretch."""

    candidates: Sequence[Candidate]
    version: int
    start_us: int
    end_us: int
    pasted: Batch | None


async def prepare(core: Core, session: AsyncSession, request: SimulationRequest) -> Asked:
    """Read every document. Raises AssetNotFound, VersionNotFound, ConditionInvalid, RuleInvalid."""
    asset = None if request.rule_id is None else await assets.get(session, RULE, request.rule_id)
    if request.definition is None and asset is None:
        raise RuleInvalid("Send a `definition`, or the `rule_id` whose draft is meant.")
    document = request.definition or RuleDocument.model_validate(asset.draft if asset else {})
    identity = Identity(asset.id if asset else _NEW, 0, asset.name if asset else "draft")
    candidates = [await candidate(session, document.root, identity)]
    if request.against is not None:
        if asset is None:
            raise RuleInvalid("To compare with a version, name the rule: `rule_id`.")
        version = await assets.get_version(session, asset.id, request.against)
        other = RuleDocument.model_validate(version.content).root
        candidates.append(await candidate(session, other, Identity(asset.id, version.version, version.name)))
    start, end, pasted = _stretch(core, request.over, candidates[0].rule.source)
    return Asked(candidates, request.against or 0, start, end, pasted)


def _stretch(core: Core, over: Pasted | Past, source: FactSource) -> tuple[int, int, Batch | None]:
    now = core.clock.now()
    if isinstance(over, Past):
        end = min(over.end or now, now)
        if over.start >= end:
            raise RuleInvalid("`start` must lie before `end`.")
        if end - over.start > LONGEST:
            raise RuleInvalid(f"A simulation looks back over at most {LONGEST.days} days.")
        return to_micros(over.start), to_micros(end), None
    begin = to_micros(now)
    facts = sorted((_fact(one, source, begin, place) for place, one in enumerate(over.facts)), key=lambda one: one.time)
    return facts[0].time, facts[-1].time + round(over.then_s * 1e6), Batch.of(facts)


def _fact(pasted: PastedFact, source: FactSource, begin: int, place: int) -> Fact:
    time = to_micros(pasted.time) if pasted.time is not None else begin + place * 1_000_000
    written = CaseFact(
        **pasted.model_dump(exclude={"time", "attributes", "labels"}), attrs={**pasted.labels, **pasted.attributes}
    )
    return fact_of(written, source, time, f"pasted:{place}", pasted.value)


async def simulate(core: Core, scope: Scope, asked: Asked) -> AsyncGenerator[Told, None]:
    """How far it is after each piece, and what came of it in the end."""
    clock = core.clock.monotonic
    began, taken, reached = clock(), 0, asked.end_us
    runs = [Simulation(one.rule, one.members) for one in asked.candidates]
    complete = True
    async for batch, high in _pieces(core, scope, asked):
        for run in runs:
            await asyncio.to_thread(run.take, batch)
        taken, reached = taken + len(batch), high
        share = (high - asked.start_us) / max(1, asked.end_us - asked.start_us)
        yield SimulationProgress(facts=taken, at=to_datetime(high), share=min(1.0, share))
        if clock() - began > MAX_S:
            complete = high >= asked.end_us
            break
    results = [await asyncio.to_thread(run.finish, reached) for run in runs]
    yield SimulationShown(
        start=to_datetime(asked.start_us),
        end=to_datetime(reached),
        facts=taken,
        complete=complete,
        seconds=round(clock() - began, 3),
        rule=results[0],
        comparison=_comparison(asked.version, results) if len(results) > 1 else None,
    )


async def _pieces(core: Core, scope: Scope, asked: Asked) -> AsyncGenerator[tuple[Batch, int], None]:
    if asked.pasted is not None:
        yield asked.pasted, asked.end_us
        return
    sources = list(dict.fromkeys(source.model_dump_json() for one in asked.candidates for source in one.sources))
    by_text = {source.model_dump_json(): source for one in asked.candidates for source in one.sources}
    reader = Reader(lambda: core.db.raw(scope), [by_text[text] for text in sources])
    count = await reader.count(asked.start_us, asked.end_us)
    async for piece in reader.pieces(asked.start_us, asked.end_us, count):
        yield piece


def _comparison(version: int, results: Sequence[SimulatedRule]) -> Comparison:
    mine, other = results[0], results[1]
    both, more, less = differing(mine.intervals, other.intervals)
    return Comparison(version=version, other=other, both=both, more=more, less=less)
