"""A cheap load: HTTP/1.1 over raw sockets, bodies made from a template so that the generator takes little of the cores."""

import asyncio
import contextlib
import json
import math
import random
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle

MARK = b"00000000batch000"


@dataclass
class Sent:
    """What came back; `acknowledged` holds the marks of the batches that were answered 200."""

    events: int = 0
    seconds: list[float] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    refused: dict[int, int] = field(default_factory=dict)
    broken: int = 0


def sample_events(count: int, seed: int = 7) -> list[dict[str, object]]:
    """Events as an agent or a log shipper writes them, about 350 bytes each; ids spread over the index."""
    dice = random.Random(seed)
    return [
        {
            "source": f"agent-{dice.randrange(1000)}",
            "id": f"{uuid.UUID(int=dice.getrandbits(128)).hex}-{MARK.decode()}",
            "type": "http.request",
            "time": f"2026-01-15T20:{dice.randrange(60):02d}:{dice.randrange(60):02d}.{dice.randrange(10**6):06d}Z",
            "subject": dice.choice(("checkout", "search", "catalog", "payment")),
            "severity": dice.choice(("info", "warning", "error")),
            "data": {
                "message": "request took too long",
                "value": round(dice.random() * 1000, 3),
                "status": dice.choice((200, 200, 404, 500)),
                "path": f"/api/v1/orders/{dice.randrange(10**6)}",
            },
            "attributes": {"region": "ap-northeast-2", "host": f"web-{dice.randrange(100)}"},
        }
        for _ in range(count)
    ]


def bodies(template: bytes) -> Iterator[tuple[str, bytes]]:
    """Endless bodies, each with ids that were never sent before."""
    while True:
        mark = uuid.uuid4().hex[: len(MARK)]
        yield mark, template.replace(MARK, mark.encode())


@dataclass(frozen=True)
class Target:
    """Where batches of `size` events go; `events` instead of the usual ones, `per_s` batches a second on each connection; `made`
    bodies are sent as they are, one after the other."""

    port: int
    path: str
    headers: dict[str, str]
    size: int
    events: tuple[dict[str, object], ...] = ()
    per_s: float = math.inf
    made: tuple[bytes, ...] = ()


async def drive(target: Target, connections: int, until: asyncio.Event, acknowledged: list[str] | None = None) -> Sent:
    """Send batches over several connections until told to stop or cut off; `acknowledged` is filled while it runs."""
    sent = Sent(acknowledged=[] if acknowledged is None else acknowledged)
    if target.made:
        source = (("", body) for body in cycle(target.made))
    else:
        events = target.events or sample_events(target.size)
        source = bodies(json.dumps(events, separators=(",", ":")).encode())
    await asyncio.gather(*(_connection(target, source, sent, until) for _ in range(connections)))
    return sent


async def _connection(target: Target, source: Iterator[tuple[str, bytes]], sent: Sent, until: asyncio.Event) -> None:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
    except OSError:
        sent.broken += 1
        return
    try:
        due = time.perf_counter()
        while not until.is_set():
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            due += 1 / target.per_s
            await _batch(target, reader, writer, next(source), sent)
    except (OSError, asyncio.IncompleteReadError):
        sent.broken += 1
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _batch(
    target: Target, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, batch: tuple[str, bytes], sent: Sent
) -> None:
    mark, body = batch
    headers = {
        "host": "127.0.0.1",
        "content-type": "application/json",
        "content-length": str(len(body)),
    } | target.headers
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    started = time.perf_counter()
    writer.write(f"POST {target.path} HTTP/1.1\r\n{lines}\r\n".encode())
    writer.write(body)
    await writer.drain()
    status = await _answer(reader)
    if status in {200, 204}:
        sent.seconds.append(time.perf_counter() - started)
        sent.acknowledged.append(mark)
        sent.events += target.size
        return
    sent.refused[status] = sent.refused.get(status, 0) + 1
    await asyncio.sleep(0.05)


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *rest = head.split(b"\r\n")
    length = next((int(line.split(b":")[1]) for line in rest if line.lower().startswith(b"content-length")), 0)
    await reader.readexactly(length)
    return int(first.split()[1])
