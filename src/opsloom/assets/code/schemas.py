"""What goes over the wire for assets as code."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field, StringConstraints

from opsloom.assets.code.planner import Action, DriftKind
from opsloom.assets.schemas import Comment
from opsloom.kit.model import JsonObject, Shown, Text, Wire

Word = Annotated[Text, StringConstraints(min_length=1, max_length=80)]


class FilesRequest(Wire):
    """Files by path, `<kind>/<key>.yaml`. With a `bundle.yaml` they are a bundle: `parameters` and `prefix` are for it."""

    files: dict[str, str]
    parameters: JsonObject = Field(default_factory=dict)
    prefix: Annotated[Text, StringConstraints(max_length=40)] = ""
    publish: bool = Field(default=False, description="What the files say goes into force, not only into drafts.")
    prune: bool = Field(
        default=False, description="Archive what earlier files of the same source brought and these do not."
    )
    source: Annotated[Text, StringConstraints(min_length=1, max_length=100)] = Field(
        default="files", description="The name of this set of files. A bundle goes by its own name."
    )


class PlanRequest(FilesRequest):
    """What would happen; `texts` adds both sides of each change as YAML."""

    texts: bool = False


class ApplyRequest(FilesRequest):
    """`force` overwrites drift, takes over what another source brought, and with `assets.force` breaks dependants."""

    force: bool = False
    comment: Comment = ""


class ExportRequest(Wire):
    """Which assets; nothing named means all that the caller may read. What is in force is written, with `drafts` the draft."""

    kinds: list[Word] = Field(default_factory=list, max_length=50)
    keys: list[Word] = Field(default_factory=list, max_length=1000)
    tags: list[Word] = Field(default_factory=list, max_length=50)
    drafts: bool = False


class LeftOut(Shown):
    """An asset, or with `key` null a whole kind, that could not be written, and why."""

    kind: str
    key: str | None
    reason: str


class ExportShown(Shown):
    """Files by path."""

    files: Mapping[str, str]
    left_out: list[LeftOut]


class DriftShown(Shown):
    """What somebody changed on the server since files were applied."""

    kind: DriftKind
    by: str
    at: datetime


class TextsShown(Shown):
    """Both sides of a change as YAML; `before` is null where there was nothing, `after` where nothing will be."""

    before: str | None
    after: str | None


class StepShown(Shown):
    """What happens to one asset. `owner` is set when another source brought it; `changed` names the parts that will differ."""

    action: Action
    kind: str
    key: str
    name: str
    path: str
    publishes: bool
    drift: DriftShown | None = None
    owner: str | None = None
    changed: list[str] = Field(default_factory=list)
    asset_id: UUID | None = None
    texts: TextsShown | None = None


class SummaryShown(Shown):
    """How many assets each thing happens to."""

    create: int = 0
    update: int = 0
    publish: int = 0
    archive: int = 0
    unchanged: int = 0
    drift: int = 0


class PlanShown(Shown):
    """Steps in the order they are made. `changes` tells whether there is anything to do or to look at."""

    source: str
    changes: bool
    summary: SummaryShown
    items: list[StepShown]


class Outcome(StrEnum):
    """Whether it was done or only shown."""

    APPLIED = "applied"
    PLANNED = "planned"


class ApplyShown(PlanShown):
    """What was done; ids of new assets included."""

    outcome: Outcome


class InstantiateRequest(Wire):
    """Values for a template's parameters. With `prefix` its assets get keys of their own; `dry_run` only shows the plan."""

    parameters: JsonObject = Field(default_factory=dict)
    prefix: Annotated[Text, StringConstraints(max_length=40)] = ""
    publish: bool = True
    force: bool = False
    dry_run: bool = False


def body_of(model: type[Wire], description: str) -> dict[str, Any]:
    """A JSON body that the route reads itself, because of its size, as the API document shows it."""
    schema = model.model_json_schema()
    return {
        "requestBody": {
            "required": True,
            "description": description,
            "content": {"application/json": {"schema": schema}},
        }
    }


MAX_BODY: Final = 64_000_000
