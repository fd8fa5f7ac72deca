"""What a type of channel brings along, and the register of them."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from opsloom.identity.scope import Scope
from opsloom.infra.secrets import SecretText
from opsloom.kit.clock import Clock
from opsloom.kit.errors import ExternalServiceFailed
from opsloom.kit.resilience.breaker import BreakerPolicy
from opsloom.kit.resilience.bulkhead import BulkheadPolicy, Bulkheads
from opsloom.notifications.attempts import DeliveryPolicy, Tried
from opsloom.notifications.content import ChannelContent
from opsloom.notifications.words import Words


@dataclass(frozen=True)
class Sealed:
    """What only the channel's own sender may see."""

    secret: SecretText | None = None
    headers: Mapping[str, SecretText] = field(default_factory=dict)
    values: Mapping[str, SecretText] = field(default_factory=dict)
    """The secrets of a service's form, by field."""


@dataclass(frozen=True)
class Outgoing:
    """One delivery, ready to go: `body` for programs, `words` for people. `message_id` is the same in every attempt: receivers drop
    repeats by it. `dedup_key` is the same for all that is told of one alert."""

    message_id: str
    body: str
    content: ChannelContent
    sealed: Sealed
    words: Words
    scope: Scope
    event_type: str = "test"
    severity: str = "info"
    dedup_key: str | None = None


PATIENCE: Final = {408, 425, 429}
"""Refusals that ask to come again."""


class ReceiverFailed(ExternalServiceFailed):
    """The receiver answered, and asked for patience or failed; a repeat can help."""

    code, title, retryable = "receiver_failed", "The receiver failed", True

    def __init__(self, message: str, status_code: int, retry_after_s: float | None = None) -> None:
        super().__init__(message, retry_after_s=retry_after_s)
        self.status_code = status_code


class Sender(Protocol):
    """Sends for one type of channel."""

    async def send(self, outgoing: Outgoing, clock: Clock) -> Tried:
        """What came of it: taken, or refused for good. Raises a retryable OpsloomError when a repeat can help."""
        ...


@dataclass
class Senders:
    """The part of a process that delivers: senders by type of channel, and how hard they may try."""

    by_type: Mapping[str, Sender]
    policy: DeliveryPolicy = field(default_factory=DeliveryPolicy)
    breaker: BreakerPolicy = field(default_factory=lambda: BreakerPolicy(probe_s=30.0))
    chance: Callable[[], float] = random.random
    bulkheads: Bulkheads = field(default_factory=lambda: Bulkheads(BulkheadPolicy(limit=2, queue=0)))
