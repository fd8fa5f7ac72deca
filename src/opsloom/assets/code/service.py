"""Export, plan and apply.

Invariant: applying is one transaction. The assets concerned are locked before they are compared, nobody else applies files to
the tenant meanwhile, and whatever fails, in whichever step, leaves everything as it was.
"""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets import impact
from opsloom.assets import service as assets
from opsloom.assets.code import bundle, exporting, planner, repository, snapshot
from opsloom.assets.code.document import AssetFile, Ref, path_of
from opsloom.assets.code.errors import Drifted, FileProblem, FilesInvalid, KindForbidden
from opsloom.assets.code.order import in_order
from opsloom.assets.code.planner import Action, Drift, Goal, Plan, Step
from opsloom.assets.code.reading import Json
from opsloom.assets.code.repository import Chosen
from opsloom.assets.code.schemas import ExportRequest, ExportShown, LeftOut
from opsloom.assets.code.wanted import Wanted, read_wanted
from opsloom.assets.errors import BreaksDependants
from opsloom.assets.kinds import Kind, Kinds
from opsloom.identity import audit
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.infra.db import Database, lend
from opsloom.kit.clock import Clock
from opsloom.kit.errors import FieldProblem, OpsloomError

AT_ONCE: Final = 2
"""Folders that one process reads or writes at a time: each keeps a processor busy for as long as it is large."""


@dataclass(frozen=True)
class Workshop:
    """What the operations need of the process."""

    db: Database
    kinds: Kinds
    clock: Clock
    turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))


@dataclass(frozen=True)
class Doing:
    """How files are applied: forced or not, with the comment that versions get."""

    force: bool = False
    comment: str = ""


@dataclass(frozen=True)
class Done:
    """A plan that was carried out; `ids` are the assets' own."""

    plan: Plan
    ids: Mapping[Ref, UUID]


async def export(shop: Workshop, scope: Scope, asked: ExportRequest) -> ExportShown:
    """What the caller may read, as files."""
    wanted = [shop.kinds.named(name) for name in asked.kinds] or list(shop.kinds)
    readable = [kind.name for kind in wanted if scope.allows(kind.read)]
    hidden = [
        LeftOut(kind=kind.name, key=None, reason=f"This needs the permission {kind.read.value}.")
        for kind in wanted
        if kind.name not in readable
    ]
    async with shop.db.transaction(scope) as session:
        rows = await repository.chosen(session, Chosen(readable, asked.keys, asked.tags))
        await audit.record(session, scope, "assets.exported", "assets", "files", {"assets": len(rows)})
    async with shop.turn:
        found = await asyncio.to_thread(exporting.written, shop.kinds, rows, drafts=asked.drafts)
    found.left_out.extend(hidden)
    return found


async def read(shop: Workshop, files: Mapping[str, str], filling: bundle.Filling, goal: Goal) -> Wanted:
    """Plain files, or a bundle with its values. Raises FilesInvalid, ParametersRefused."""
    async with shop.turn:
        return await asyncio.to_thread(read_wanted, shop.kinds, files, filling, goal)


async def use(shop: Workshop, stored: Callable[[], bundle.Bundle], filling: bundle.Filling, goal: Goal) -> Wanted:
    """A stored bundle with its values. Raises FilesInvalid, ParametersRefused."""

    def work() -> Wanted:
        return Wanted(in_order(bundle.render(stored(), filling, shop.kinds)), goal)

    async with shop.turn:
        return await asyncio.to_thread(work)


async def plan(shop: Workshop, scope: Scope, wanted: Wanted) -> Plan:
    """What applying would do. Raises FilesInvalid for links that lead nowhere, KindForbidden."""
    _check_kinds(scope, {file.kind.name: file.kind for file in wanted.files}.values(), write=False)
    async with shop.db.transaction(scope) as session:
        return await _plan(session, shop, wanted, lock=False)


async def apply(shop: Workshop, scope: Scope, wanted: Wanted, doing: Doing) -> Done:
    """Do it, whole or not at all; what a kind looks up before publishing is found in these files too.

    Raises Drifted, KindForbidden, FilesInvalid, and what the registry and the kinds raise, with the place in the file.
    """
    _check_kinds(scope, {file.kind.name: file.kind for file in wanted.files}.values(), write=False)
    begun: list[_Work] = []
    try:
        async with shop.db.transaction(scope) as session:
            await repository.one_at_a_time(session, scope.tenant_id)
            found = await _plan(session, shop, wanted, lock=True)
            changing = {step.ref[0] for step in found.steps if step.changes}
            _check_kinds(scope, [shop.kinds.named(name) for name in sorted(changing)], write=True)
            if not doing.force:
                _refuse_drift(found)
            work = _Work(session, scope, shop, found, doing)
            begun.append(work)
            ids = await work.run()
            await _remember(work, wanted.goal, ids)
    except BaseException:
        if begun:
            await asyncio.shield(_forget(begun[0]))
        raise
    return Done(found, ids)


async def _forget(work: "_Work") -> None:
    """What kinds have looked at meanwhile never came to be: whoever keeps it in memory reads anew."""
    kinds = {step.ref[0] for step in work.plan.steps if step.publishes}
    async with work.shop.db.transaction(work.scope) as session:
        await repository.wake(session, work.scope.tenant_id, kinds)


async def _plan(session: AsyncSession, shop: Workshop, wanted: Wanted, *, lock: bool) -> Plan:
    seen = await snapshot.take(session, shop.kinds, wanted.files, wanted.goal, lock=lock)
    found = planner.plan(wanted.files, seen, wanted.goal)
    if found.flaws:
        raise FilesInvalid(found.flaws)
    return found


def _check_kinds(scope: Scope, kinds: Collection[Kind], *, write: bool) -> None:
    """Each kind asks for its own permission."""
    missing = [(kind, needed) for kind in kinds if not scope.allows(needed := kind.write if write else kind.read)]
    if missing:
        verb = "change" if write else "read"
        names = ", ".join(f"{kind.name} ({needed.value})" for kind, needed in missing)
        raise KindForbidden(f"You may not {verb} these kinds of assets: {names}.", hint="Ask for a role that has it.")


def _refuse_drift(found: Plan) -> None:
    """What somebody did on the server is not overwritten unasked."""
    lines = [(step, _told(step.drift)) for step in found.steps if step.drift is not None]
    lines += [(step, f"brought by {step.owner}") for step in found.steps if step.owner and step.changes]
    if lines:
        details = [
            FileProblem(
                pointer="",
                detail=f"{step.ref[0]}/{step.ref[1]}: {what}.",
                code="drift",
                file=_path(step),
                line=0,
                column=0,
            )
            for step, what in lines
        ]
        first, what = lines[0]
        more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
        raise Drifted(
            f"{first.ref[0]}/{first.ref[1]} was {what}{more}; nothing was changed.",
            details=details[:100],
            hint="Export it and bring the change into the files, or overwrite it with force.",
        )


def _told(drift: Drift) -> str:
    return f"{drift.kind.value} on the server by {drift.by} at {drift.at:%Y-%m-%d %H:%M:%S} UTC"


def _path(step: Step) -> str:
    return step.file.path if step.file else path_of(*step.ref)


@dataclass
class _Work:
    """One apply under way."""

    session: AsyncSession
    scope: Scope
    shop: Workshop
    plan: Plan
    doing: Doing

    async def run(self) -> dict[Ref, UUID]:
        """Drafts first, then what goes into force with what is used before what uses it, then what goes."""
        ids = {step.ref: step.current.id for step in self.plan.steps if step.current is not None}
        for step in self.plan.steps:
            if step.saves and step.file is not None:
                with _placed(step.file):
                    ids[step.ref] = await self._save(step, step.file)
        for step in self.plan.steps:
            if step.publishes and step.file is not None:
                with _placed(step.file), lend(self.session, self.scope):
                    await self._publish(step.file, ids[step.ref])
        await self._archive([step for step in self.plan.steps if step.action is Action.ARCHIVE])
        return ids

    async def _save(self, step: Step, file: AssetFile) -> UUID:
        header = file.header
        if step.current is None:
            made = await assets.create_draft(
                self.session,
                self.scope,
                file.kind,
                header.name,
                file.stored,
                key=header.key,
                description=header.description,
                tags=header.tags,
            )
            return made.id
        await assets.save_draft(
            self.session,
            self.scope,
            file.kind,
            step.current.id,
            (header.name, file.stored),
            if_revision=step.current.revision,
            description=header.description,
            tags=header.tags,
        )
        return step.current.id

    async def _publish(self, file: AssetFile, asset_id: UUID) -> None:
        """What it would break is fine where these very files change what relies on it."""
        force = self.doing.force and self.scope.allows(Permission.ASSETS_FORCE)
        try:
            await assets.publish(self.session, self.scope, file.kind, asset_id, self.doing.comment, force=force)
        except BreaksDependants:
            if not await self._mended(file, asset_id):
                raise
            may = replace(self.scope, permissions=self.scope.permissions | {Permission.ASSETS_FORCE})
            await assets.publish(self.session, may, file.kind, asset_id, self.doing.comment, force=True)

    async def _mended(self, file: AssetFile, asset_id: UUID) -> bool:
        """Whether everything that would break is published by these files, in a form that does not break."""
        files = {step.ref: step.file for step in self.plan.steps if step.publishes and step.file is not None}
        asset = await assets.get(self.session, file.kind, asset_id)
        found = await impact.of_content(self.session, file.kind, asset, file.content)
        for dependant in found.broken:
            new = files.get((dependant.asset.kind, dependant.asset.slug))
            if new is None:
                return False
            links = [link for link in new.links if (link.kind, link.key) == file.ref]
            if any(each.breaks(link.needs) for each in found.breaking for link in links):
                return False
        return True

    async def _archive(self, steps: Sequence[Step]) -> None:
        """Users before what they use; a circle is left to the registry, which refuses it."""
        ids = {step.ref: step.current.id for step in steps if step.current is not None}
        uses = await repository.users_among(self.session, list(ids.values()))
        waiting = {step.ref: step for step in steps}
        while waiting:
            used = {target for source, target in uses if any(ids[ref] == source for ref in waiting)}
            free = [ref for ref in waiting if ref not in used] or list(waiting)
            for ref in free:
                step = waiting.pop(ref)
                kind = self.shop.kinds.named(ref[0])
                with _named(path_of(*ref)):
                    await assets.archive(self.session, self.scope, kind, ids[step.ref], force=self.doing.force)


async def _remember(work: _Work, goal: Goal, ids: Mapping[Ref, UUID]) -> None:
    """What the files said, for drift and pruning; and one line in the audit log about the whole."""
    now = work.shop.clock.now()
    brought = [step for step in work.plan.steps if step.file is not None]
    rows: list[dict[str, object]] = []
    for step in brought:
        assert step.file is not None
        said = planner.signature(step.file)
        in_force = step.publishes or (
            step.current is not None and step.current.published is not None and step.current.published.hash == said.hash
        )
        rows.append(
            {
                "tenant_id": work.scope.tenant_id,
                "kind": step.ref[0],
                "key": step.ref[1],
                "asset_id": ids[step.ref],
                "source": goal.source,
                "digest": said.digest,
                "content_hash": said.hash,
                "published": in_force,
                "applied_at": now,
                "applied_by": work.scope.actor.name,
            }
        )
    await repository.remember(work.session, rows)
    await repository.forget(work.session, [step.ref for step in work.plan.steps if step.action is Action.ARCHIVE])
    counts: dict[str, Json] = {}
    for step in work.plan.steps:
        counts[step.action.value] = counts.get(step.action.value, 0) + 1
    detail = {"source": goal.source, "publish": goal.publish, "prune": goal.prune, "force": work.doing.force, **counts}
    await audit.record(work.session, work.scope, "assets.applied", "assets", goal.source, detail)


@contextmanager
def _placed(file: AssetFile) -> Iterator[None]:
    """What the registry or a kind refuses is told with the file and the place in it."""
    try:
        yield
    except OpsloomError as error:
        pointer = error.details[0].pointer if error.details else ""
        line, column = file.place(pointer) if pointer.startswith("/") else (1, 1)
        _say(error, f"{file.path}:{line}:{column}: {error.message}")
        error.details = [_problem(file, each) for each in error.details] or [_problem(file, _whole(error))]
        raise


def _whole(error: OpsloomError) -> FieldProblem:
    return FieldProblem(pointer="", detail=error.message, code=error.code)


def _problem(file: AssetFile, problem: FieldProblem) -> FieldProblem:
    line, column = file.place(problem.pointer) if problem.pointer.startswith("/") else (1, 1)
    pointer = f"/content{problem.pointer.partition('#')[0]}" if problem.pointer.startswith("/") else problem.pointer
    return FileProblem(
        pointer=pointer, detail=problem.detail, code=problem.code, file=file.path, line=line, column=column
    )


@contextmanager
def _named(path: str) -> Iterator[None]:
    try:
        yield
    except OpsloomError as error:
        _say(error, f"{path}: {error.message}")
        raise


def _say(error: OpsloomError, message: str) -> None:
    error.message, error.args = message, (message,)
