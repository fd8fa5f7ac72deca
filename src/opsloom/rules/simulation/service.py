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
from opsloom.rules.feeds import EventFeed, Feed, SampleFeed
from opsloom.rules.kind import RULE
from opsloom.rules.model import FactSource
from opsloom.rules.moments import to_datetime, to_micros
from opsloom.rules.program import Identity
from opsloom.rules.simulation.reading import Reader
from opsloom.rules.simulation.run import Simulation, differing
from opsloom.rules.simulation.schemas import (
    Comparison,
    Live,
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
LIVE_BATCH: Final = 2_000
LIVE_POLL_S: Final = 0.5
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
    live: bool = False


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
    if isinstance(request.over, Live):
        now = to_micros(core.clock.now())
        return Asked(candidates, request.against or 0, now, now + round(request.over.for_s * 1e6), None, live=True)
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
    if asked.live:
        async for batch, now in _arriving(core, scope, asked.end_us):
            for run in runs:
                await asyncio.to_thread(run.hear, batch, now)
            taken += len(batch)
            yield _progress(asked, taken, now, runs[0].so_far())
    complete = True
    async for batch, high in _pieces(core, scope, asked):
        for run in runs:
            await asyncio.to_thread(run.take, batch)
        taken, reached = taken + len(batch), high
        yield _progress(asked, taken, high)
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


def _progress(asked: Asked, taken: int, at: int, so_far: SimulatedRule | None = None) -> SimulationProgress:
    share = (at - asked.start_us) / max(1, asked.end_us - asked.start_us)
    return SimulationProgress(facts=taken, at=to_datetime(at), share=min(1.0, share), so_far=so_far)


async def _arriving(core: Core, scope: Scope, end_us: int) -> AsyncGenerator[tuple[Batch, int], None]:
    """What both feeds bring from now until a time, in the order in which the live engine takes it; and time, when nothing comes."""
    feeds: list[Feed] = [SampleFeed(), EventFeed()]
    async with core.db.raw(scope) as connection:
        places = [await feed.end(connection, scope) for feed in feeds]
    while (now := to_micros(core.clock.now())) < end_us:
        heard = False
        for at, feed in enumerate(feeds):
            async with core.db.raw(scope) as connection:
                piece = await feed.read(connection, scope, places[at], LIVE_BATCH)
            places[at] = piece.cursor
            if len(piece.batch):
                heard = True
                yield piece.batch, to_micros(core.clock.now())
        if not heard:
            yield Batch.of([]), now
            await asyncio.sleep(LIVE_POLL_S)


async def _pieces(core: Core, scope: Scope, asked: Asked) -> AsyncGenerator[tuple[Batch, int], None]:
    if asked.live:
        return
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
