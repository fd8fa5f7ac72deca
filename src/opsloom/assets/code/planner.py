"""What applying files would do, held against what is there. Pure: takes files and a snapshot, gives a plan.

For each asset three states count: the file, the draft and what is in force; and, where files were applied before, what they said
then. The file is the goal: with `publish` what is in force must say the same, without it the draft. Drift is what somebody
changed on the server since: the draft or what is in force says something that neither the file nor the last apply did. A draft
that people work on, of an asset that files never brought, is left alone while what is in force is what the file says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from opsloom.assets.code.document import AssetFile, Ref
from opsloom.assets.code.errors import Flaw
from opsloom.assets.code.reading import Json
from opsloom.assets.content import content_hash


class Action(StrEnum):
    """What happens to an asset. `publish` alone: its draft says the same already."""

    CREATE = "create"
    UPDATE = "update"
    PUBLISH = "publish"
    ARCHIVE = "archive"
    UNCHANGED = "unchanged"


class DriftKind(StrEnum):
    """What somebody did on the server since files were applied."""

    EDITED = "edited"
    PUBLISHED = "published"
    UNPUBLISHED = "unpublished"
    ARCHIVED = "archived"


@dataclass(frozen=True)
class Drift:
    """A change that was not made by files, with who and when."""

    kind: DriftKind
    by: str
    at: datetime


@dataclass(frozen=True)
class Signature:
    """What two states of an asset are compared by: what is said about it, and the hash of its content."""

    name: str
    description: str
    tags: tuple[str, ...]
    hash: str

    @property
    def digest(self) -> str:
        """As it is remembered after an apply."""
        return content_hash(
            {"name": self.name, "description": self.description, "tags": list(self.tags), "content": self.hash}
        )


@dataclass(frozen=True)
class Current:
    """An asset as it is now. `published` is None when nothing is in force; contents are as stored."""

    id: UUID
    ref: Ref
    draft: Signature
    draft_content: Mapping[str, Json]
    revision: int
    published: Signature | None
    published_content: Mapping[str, Json] | None
    archived: bool
    protected: bool
    updated_at: datetime
    updated_by: str


@dataclass(frozen=True)
class Applied:
    """What files said about an asset when they were applied last."""

    ref: Ref
    asset_id: UUID
    source: str
    digest: str
    hash: str
    published: bool


@dataclass(frozen=True)
class Snapshot:
    """What a plan is made against. `current` holds live assets, `gone` archived ones that files brought, by id; `in_force`
    says of link targets that no file brings whether they are published (absent: there is none)."""

    current: Mapping[Ref, Current]
    applied: Mapping[Ref, Applied]
    gone: Mapping[UUID, Current] = field(default_factory=dict)
    in_force: Mapping[Ref, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Goal:
    """What is asked for. `source` names the set of files: only what the same set brought is ever pruned."""

    publish: bool = False
    prune: bool = False
    source: str = "files"


@dataclass(frozen=True)
class Step:
    """What happens to one asset; `saves` its draft and `publishes` say which parts."""

    action: Action
    ref: Ref
    name: str
    file: AssetFile | None
    current: Current | None
    saves: bool = False
    publishes: bool = False
    drift: Drift | None = None
    owner: str | None = None
    changed: tuple[str, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether anything happens."""
        return self.action is not Action.UNCHANGED


@dataclass(frozen=True)
class Plan:
    """Steps in the order in which they can be made; `flaws` keep it from being applied."""

    steps: Sequence[Step]
    flaws: Sequence[Flaw]

    @property
    def changes(self) -> bool:
        """Whether applying would do anything, or the server has drifted."""
        return any(step.changes or step.drift for step in self.steps)


def plan(files: Sequence[AssetFile], snapshot: Snapshot, goal: Goal) -> Plan:
    """Steps for each file, in the order given (which is that of links), then what is pruned, users first."""
    steps = [_step(file, snapshot, goal) for file in files]
    brought = {file.ref for file in files}
    pruned = [_prune(ref, snapshot) for ref in _abandoned(brought, snapshot, goal)] if goal.prune else []
    gone = {step.ref for step in pruned}
    flaws = [flaw for step in steps if step.changes for flaw in _broken_links(step, brought, gone, (snapshot, goal))]
    return Plan(steps + pruned, flaws)


def signature(file: AssetFile) -> Signature:
    """What a file says."""
    tags = tuple(dict.fromkeys(file.header.tags))
    return Signature(file.header.name, file.header.description, tags, file.hash)


def _step(file: AssetFile, snapshot: Snapshot, goal: Goal) -> Step:
    wanted, current, applied = signature(file), snapshot.current.get(file.ref), snapshot.applied.get(file.ref)
    owner = applied.source if applied and applied.source != goal.source else None
    if current is None:
        before = snapshot.gone.get(applied.asset_id) if applied else None
        drift = Drift(DriftKind.ARCHIVED, before.updated_by, before.updated_at) if before else None
        return Step(Action.CREATE, file.ref, wanted.name, file, None, True, goal.publish, drift)
    drift = _drift(wanted, current, applied)
    force_says_so = _in_force(wanted, current)
    publishes = goal.publish and not force_says_so
    leave_alone = force_says_so and drift is None
    saves = current.draft != wanted and not (leave_alone and current.draft.hash != wanted.hash)
    action = Action.UPDATE if saves else Action.PUBLISH if publishes else Action.UNCHANGED
    changed = _changed(file, wanted, current, publishes) if action is not Action.UNCHANGED else ()
    return Step(action, file.ref, wanted.name, file, current, saves, publishes, drift, owner, changed)


def _in_force(wanted: Signature, current: Current) -> bool:
    """Whether what is in force says what the file says; description and tags are not versioned."""
    found = current.published
    return found is not None and (found.name, found.hash) == (wanted.name, wanted.hash)


def _drift(wanted: Signature, current: Current, applied: Applied | None) -> Drift | None:
    """What somebody else did that applying would undo."""
    if applied is None or applied.asset_id != current.id:
        working = current.published is not None and current.draft.hash != current.published.hash
        overwritten = current.draft.hash != wanted.hash and not _in_force(wanted, current)
        return _by(DriftKind.EDITED, current) if working and overwritten else None
    if applied.published and current.published is None:
        return _by(DriftKind.UNPUBLISHED, current)
    if current.draft.digest != applied.digest and current.draft != wanted:
        return _by(DriftKind.EDITED, current)
    if applied.published and current.published and current.published.hash not in {applied.hash, wanted.hash}:
        return _by(DriftKind.PUBLISHED, current)
    return None


def _by(kind: DriftKind, current: Current) -> Drift:
    return Drift(kind, current.updated_by, current.updated_at)


def _changed(file: AssetFile, wanted: Signature, current: Current, publishes: bool) -> tuple[str, ...]:
    """The parts that will say something else than now: what is in force where it is published, the draft otherwise."""
    before, content = (current.draft, current.draft_content)
    if publishes and current.published is not None and current.published_content is not None:
        before, content = current.published, current.published_content
    names = [name for name in ("name", "description", "tags") if getattr(before, name) != getattr(wanted, name)]
    parts = [
        f"content.{name}"
        for name, value in file.stored.items()
        if name not in file.kind.derived and content.get(name, ...) != value
    ]
    return (*names, *parts)


def _abandoned(brought: set[Ref], snapshot: Snapshot, goal: Goal) -> list[Ref]:
    """What the same set of files brought once and no longer holds."""
    return [
        ref
        for ref, applied in sorted(snapshot.applied.items())
        if ref not in brought and applied.source == goal.source and ref in snapshot.current
        and snapshot.current[ref].id == applied.asset_id
    ]  # fmt: skip


def _prune(ref: Ref, snapshot: Snapshot) -> Step:
    current, applied = snapshot.current[ref], snapshot.applied[ref]
    drift = _by(DriftKind.EDITED, current) if current.draft.digest != applied.digest else None
    return Step(Action.ARCHIVE, ref, current.draft.name, None, current, drift=drift)


def _broken_links(step: Step, brought: set[Ref], gone: set[Ref], against: tuple[Snapshot, Goal]) -> list[Flaw]:
    """Links of a file that would lead nowhere, or to something that is not in force."""
    snapshot, goal = against
    flaws: list[Flaw] = []
    for link in step.file.links if step.file else ():
        target = (link.kind, link.key)
        if target in brought:
            continue
        published = snapshot.in_force.get(target)
        if published is None or target in gone:
            message = f"There is no {link.kind} “{link.key}”, neither here nor on the server."
        elif goal.publish and not published:
            message = f"The {link.kind} “{link.key}” is not published."
        else:
            continue
        assert step.file is not None
        flaws.append(step.file.flaw(link.pointer, message, "link_broken"))
    return flaws
