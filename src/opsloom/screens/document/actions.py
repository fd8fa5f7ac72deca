"""What a screen may do when somebody acts: declared steps, nothing else runs.

A chain runs its steps in order. `when` leaves a step out, `retry` tries it again, `otherwise` runs instead of what would
follow when it fails; the policy says what a failure without `otherwise` means for the rest. Expressions see `event` (what
happened: a row, a value) and `result` (what the step before gave).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from opsloom.kit.model import StorableJson, Text
from opsloom.screens.document.base import Binding, Filled, Ident, Part, Tone, Words

Key = Annotated[Text, Field(min_length=1, max_length=200)]
"""What an asset is called by others."""


class Policy(StrEnum):
    STRICT = "strict"  # the first failure ends the chain
    BEST_EFFORT = "best_effort"  # a failure is shown and the next step runs
    FALLBACK = "fallback"  # tried again as `retry` says, then `otherwise`, then the chain ends


class StepRetry(Part):
    times: Annotated[int, Field(ge=1, le=5)] = 1
    wait_ms: Annotated[int, Field(ge=100, le=30_000)] = 500


class _Step(Part):
    when: Binding | None = None
    retry: StepRetry | None = None
    otherwise: list[Action] = Field(default_factory=list, max_length=10)


class CallApiStep(_Step):
    """Calls a published API with the viewer's rights; its answer is the `result`."""

    do: Literal["call_api"] = "call_api"
    api: Key
    parameters: dict[Annotated[Text, Field(max_length=200)], StorableJson] = Field(default_factory=dict, max_length=100)
    into: Ident | None = None  # a state that takes the answer


class RunWorkflow(_Step):
    """Starts a workflow in the background; its run is the `result`."""

    do: Literal["run_workflow"] = "run_workflow"
    api: Key
    parameters: dict[Annotated[Text, Field(max_length=200)], StorableJson] = Field(default_factory=dict, max_length=100)


class SetState(_Step):
    do: Literal["set_state"] = "set_state"
    state: Ident
    value: StorableJson = None


class MergeState(_Step):
    """Lays an object over the state's; fields that are not named stay."""

    do: Literal["merge_state"] = "merge_state"
    state: Ident
    value: StorableJson = Field(default_factory=dict)


class Navigate(_Step):
    """Goes to another screen, or to a page of the workbench."""

    do: Literal["navigate"] = "navigate"
    screen: Key | None = None
    path: Annotated[Filled, Field(pattern=r"^/([^/]|$)", max_length=2_000)] | None = None
    parameters: dict[Ident, StorableJson] = Field(default_factory=dict, max_length=40)


class Open(_Step):
    """Opens a modal or a drawer."""

    do: Literal["open"] = "open"
    component: Ident


class Close(_Step):
    do: Literal["close"] = "close"
    component: Ident


class Refresh(_Step):
    """Asks queries again; none named: all of them."""

    do: Literal["refresh"] = "refresh"
    data: list[Ident] = Field(default_factory=list, max_length=40)


class Toast(_Step):
    do: Literal["toast"] = "toast"
    text: Words
    tone: Tone = Tone.INFO


class Confirm(_Step):
    """Asks the viewer; a no ends the chain without being a failure."""

    do: Literal["confirm"] = "confirm"
    text: Words
    dangerous: bool = False


class Download(_Step):
    """Gives the viewer a file of rows."""

    do: Literal["download"] = "download"
    rows: Binding
    name: Filled = "rows"
    format: Literal["csv", "json"] = "csv"


class Subscribe(_Step):
    """Begins to follow a stream query that was off."""

    do: Literal["subscribe"] = "subscribe"
    data: Ident


class Unsubscribe(_Step):
    do: Literal["unsubscribe"] = "unsubscribe"
    data: Ident


class AcknowledgeAlert(_Step):
    do: Literal["acknowledge_alert"] = "acknowledge_alert"
    alert: Filled
    comment: Filled = ""


class Ask(_Step):
    """Asks a question; the answer is the `result`."""

    do: Literal["ask"] = "ask"
    question: Filled
    into: Ident | None = None


Action = Annotated[
    CallApiStep | RunWorkflow | SetState | MergeState | Navigate | Open | Close | Refresh | Toast | Confirm | Download
    | Subscribe | Unsubscribe | AcknowledgeAlert | Ask,
    Field(discriminator="do"),
]  # fmt: skip


class Chain(Part):
    """Steps in order."""

    steps: list[Action] = Field(default_factory=list, max_length=30)
    policy: Policy = Policy.STRICT
