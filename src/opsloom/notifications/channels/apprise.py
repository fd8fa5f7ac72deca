"""Sends through Apprise: its plugins know the services, the process's own client makes the calls.

A plugin blocks, so it runs in a thread of a small pool; it can only wait for calls that end by the deadline, and whoever waits for the
thread stops at the deadline too. One receiver that hangs keeps one thread for that long and nothing else.
"""

import asyncio
import contextvars
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from opsloom.infra.http import Answer, CallLimits, Http
from opsloom.infra.secrets import SecretText
from opsloom.kit.clock import Clock
from opsloom.kit.errors import DeadlinePassed
from opsloom.notifications.attempts import FailReason, Tried, parse_retry_after
from opsloom.notifications.channels.exchange import RUNNING, Exchange
from opsloom.notifications.channels.services import plugin_of
from opsloom.notifications.channels.types import PATIENCE, Outgoing, ReceiverFailed
from opsloom.notifications.content import ChannelType, ServiceConfig

if TYPE_CHECKING:
    from apprise.plugins.base import NotifyBase

LIMITS: Final = CallLimits(connect_s=3.0, read_s=10.0, total_s=15.0, max_bytes=65_536, cut=True)
THREADS: Final = 8
_LONGEST_SAID: Final = 300
_PARTS: Final = re.compile(r"[/?&=#:@]")
_SHORTEST_PART: Final = 6
_KINDS: Final = {"critical": "failure", "warning": "warning", "info": "info"}
_OVER: Final = {"alert.resolved", "alert.expired"}


class AppriseSender:
    """For every type of channel that is one of Apprise's services."""

    def __init__(self, http: Http, limits: CallLimits = LIMITS, relays: Mapping[str, str] | None = None) -> None:
        self._http = http
        self._limits = limits
        self._relays = relays or {}
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="apprise")

    async def send(self, outgoing: Outgoing, clock: Clock) -> Tried:
        """Taken, or refused for good with what the receiver said. Raises ReceiverFailed, ServiceRefused, and as Http.request."""
        loop = asyncio.get_running_loop()
        exchange = Exchange(self._http, loop, self._limits, loop.time() + self._limits.total_s, self._relays)

        def work() -> "tuple[bool, NotifyBase]":
            RUNNING.set(exchange)
            plugin = _plugin(outgoing)
            return _notify(plugin, outgoing), plugin

        context = contextvars.copy_context()
        try:
            async with asyncio.timeout(self._limits.total_s):
                taken, plugin = await loop.run_in_executor(self._threads, context.run, work)
        except TimeoutError:
            raise DeadlinePassed("The receiver did not answer in time.") from None
        return _judged(exchange, taken=taken, outgoing=outgoing, clock=clock, renewed=_renewed(plugin, outgoing))


def _plugin(outgoing: Outgoing) -> "NotifyBase":
    config = outgoing.content.config
    assert isinstance(config, ServiceConfig)
    secrets = {name: value.reveal() for name, value in outgoing.sealed.values.items()}
    return plugin_of(config.type, {**config.fields, **secrets}, outgoing.dedup_key)


def _notify(plugin: "NotifyBase", outgoing: Outgoing) -> bool:
    from apprise.common import NotifyFormat, NotifyType

    kind = "success" if outgoing.event_type in _OVER else _KINDS.get(outgoing.severity, "info")
    words = outgoing.words
    return bool(
        plugin.notify(body=words.text, title=words.title, notify_type=NotifyType(kind), body_format=NotifyFormat.TEXT)
    )


def _judged(
    exchange: Exchange, *, taken: bool, outgoing: Outgoing, clock: Clock, renewed: Mapping[str, SecretText]
) -> Tried:
    last = exchange.answers[-1] if exchange.answers else None
    if taken:
        return Tried(True, status_code=None if last is None else last.status, renewed=renewed)
    if exchange.failure is not None:
        raise exchange.failure
    if last is None:
        error = "The service's plugin found nothing that it could send."
        return Tried(False, error=error, reason=FailReason.NOT_CALLABLE, renewed=renewed)
    bad = next((each for each in exchange.answers if not each.is_success), last)
    text = f"The receiver answered {bad.status}{_said(bad, outgoing)}"
    if bad.status >= 500 or bad.status in PATIENCE:
        wait_s = parse_retry_after(bad.headers.get("retry-after"), clock.now())
        raise ReceiverFailed(text, bad.status, wait_s)
    return Tried(False, status_code=bad.status, error=text, reason=FailReason.REFUSED_BY_RECEIVER, renewed=renewed)


def _said(answer: Answer, outgoing: Outgoing) -> str:
    """What the receiver said, without what it may have repeated of the channel's secrets."""
    text = " ".join(answer.body.decode("utf-8", "replace").replace("\x00", "").split())
    for secret in outgoing.sealed.values.values():
        for part in {secret.reveal(), *_PARTS.split(secret.reveal())}:
            if len(part) >= _SHORTEST_PART:
                text = text.replace(part, "********")
    return f": {text[:_LONGEST_SAID]}" if text else "."


def _renewed(plugin: "NotifyBase", outgoing: Outgoing) -> Mapping[str, SecretText]:
    """A token that the service replaced while it was used; the old one stops working."""
    if outgoing.content.type is not ChannelType.KAKAOTALK:
        return {}
    token = plugin.store.get("refresh_token")
    return {"refresh_token": SecretText(token)} if isinstance(token, str) and token else {}
