"""What the generic routes take and answer; an asset of any kind in one shape."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import Query
from pydantic import Field, StringConstraints

from opsloom.assets.diff import Op
from opsloom.assets.links import Broken
from opsloom.assets.models import AssetVersion
from opsloom.kit.model import JsonObject, Name, Shown, Text, Wire

KindName = Annotated[Text, StringConstraints(min_length=1, max_length=60)]
Tag = Annotated[Name, StringConstraints(max_length=60)]
Tags = Annotated[list[Tag], Field(max_length=30)]
Description = Annotated[Text, StringConstraints(max_length=5_000)]
Comment = Annotated[Text, StringConstraints(max_length=1_000)]
VersionNumber = Annotated[int, Field(ge=1, le=2**31)]
Force = Annotated[
    bool, Query(description="Go on although something in force relies on it; needs the permission `assets.force`.")
]


class FaultShown(Shown):
    """Why a version in force could not be loaded, since when, and how often it was tried."""

    version: int
    cause: str
    since: datetime
    seen_at: datetime
    times: int


class AssetShown(Shown):
    """An asset without its content. `draft_differs`: publishing would put something else in force than what is."""

    id: UUID
    kind: str
    key: str
    name: str
    description: str
    tags: list[str]
    state: str
    protected: bool
    draft_revision: int
    published_version: int | None
    latest_version: int
    draft_differs: bool
    fault: FaultShown | None = None
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str


class NeedShown(Shown):
    """How many approvals a publication of the draft needs, by which policy, and how many it has."""

    approvals: int
    given: int
    policy: str


class AssetDetail(AssetShown):
    """An asset with its draft. `draft_revision` goes into `If-Match` when saving; `can_write`: the caller may change it."""

    content: dict[str, Any]
    can_write: bool
    review: NeedShown | None = None


class KindShown(Shown):
    """A kind of asset; `content_schema` is the JSON Schema of its content, without what publication derives."""

    name: str
    content_schema: dict[str, Any] = Field(serialization_alias="schema")
    read: str
    write: str
    can_write: bool
    derived: list[str]


class NewAsset(Wire):
    """Without `key` one is made of the name; it is fixed from then on."""

    kind: KindName
    name: Name
    key: Annotated[Text, StringConstraints(min_length=1, max_length=80)] | None = None
    description: Description = ""
    tags: Tags = Field(default_factory=list)
    content: JsonObject


class AssetEdit(Wire):
    """Description and tags stay as they are when they are left out."""

    name: Name
    description: Description | None = None
    tags: Tags | None = None
    content: JsonObject


class PublishRequest(Wire):
    """`force` breaks dependants on purpose; it needs the permission `assets.force`."""

    comment: Comment = ""
    force: bool = False


class RollbackRequest(Wire):
    version: VersionNumber
    comment: Comment = ""
    force: bool = False


class WithdrawRequest(Wire):
    """Of unpublishing and archiving."""

    comment: Comment = ""
    force: bool = False


class VersionShown(Shown):
    """One version. The routes of a kind add its content in the kind's own form."""

    version: int
    name: str
    content_hash: str
    comment: str
    created_at: datetime
    created_by: str
    is_published: bool

    @classmethod
    def of(cls, version: AssetVersion, published: int | None, **more: object) -> Self:
        """A version as it is shown; `published` is the one in force."""
        told = {name: getattr(version, name) for name in VersionShown.model_fields if name != "is_published"}
        return cls.model_validate(told | {"is_published": version.version == published} | more)


class VersionDetail(VersionShown):
    content: dict[str, Any]


class ChangeShown(Shown):
    """One change. A pointer counts in the later content, its last segment in the earlier one for something removed; for
    something moved `before` and `after` are its places in the list. `label` is the pointer with items by their names."""

    op: Op
    pointer: str
    label: str
    before: Any = None
    after: Any = None


class BreakingShown(Shown):
    part: str
    reason: str


class DiffShown(Shown):
    """`from_version` None: there was nothing before; 0 is the draft."""

    from_version: int | None
    to_version: int
    changes: list[ChangeShown]
    breaking: list[BreakingShown]


class LinkShown(Shown):
    """A link with the asset at its other end. `version` is the version that holds the link, 0 for a draft."""

    kind: str
    key: str
    asset_id: UUID | None
    name: str | None
    state: str | None
    role: str
    pointer: str
    needs: list[str]
    version: int
    broken: Broken | None = None


class LinksShown(Shown):
    """`uses` of the draft, and who uses the asset; `hidden` counts users of kinds that the caller may not see."""

    uses: list[LinkShown]
    used_by: list[LinkShown]
    hidden: int


class NodeShown(Shown):
    kind: str
    key: str
    asset_id: UUID | None
    name: str | None
    state: str | None
    distance: int
    broken: Broken | None


class EdgeShown(Shown):
    """Indexes into the nodes: `source` uses `target`."""

    source: int
    target: int
    role: str


class GraphShown(Shown):
    nodes: list[NodeShown]
    edges: list[EdgeShown]
    truncated: bool


class DependantShown(Shown):
    id: UUID
    kind: str
    key: str
    name: str
    state: str
    breaks: bool
    reasons: list[str]


class ImpactShown(Shown):
    """`allowed`: it would go through as it is, without force; else `reason` says why not and `code` is the error's.

    `dependants` are at most 200, those that break first; the totals count all of them."""

    dependants: list[DependantShown]
    dependants_total: int
    breaks_total: int
    breaking: list[BreakingShown]
    allowed: bool
    reason: str | None = None
    code: str | None = None


class CountShown(Shown):
    value: str
    count: int


class FacetsShown(Shown):
    kinds: list[CountShown]
    states: list[CountShown]
    tags: list[CountShown]
    faults: list[CountShown]


class HistoryShown(Shown):
    """One audit record of an asset."""

    seq: int
    at: datetime
    actor_kind: str
    actor_name: str
    action: str
    detail: dict[str, Any]
