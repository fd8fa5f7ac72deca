"""What can be said about a run to the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

Json = Any


class Saying(StrEnum):
    """What is said, in the order in which a group says it. A beginning is of a run that nobody has yet."""

    BEGIN = "begin"
    NODE = "node"
    PAUSE = "pause"
    END = "end"


@dataclass(frozen=True, slots=True)
class Words:
    """One thing said about a run: its columns, and the message for whoever watches."""

    saying: Saying
    tenant_id: UUID
    run_id: UUID
    row: Mapping[str, Json]
    message: Mapping[str, Json]
