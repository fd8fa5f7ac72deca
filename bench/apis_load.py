"""A small HTTP load generator of its own process: keep-alive connections that each ask, wait for the answer and ask again.

python bench/apis_load.py '{"port": 8700, "path": "/runtime/x?g={g}", "headers": {…}, "connections": 16, "seconds": 4}'
"""

import asyncio
import json
import random
import sys
import time
from typing import cast

import uvloop


class Asker(asyncio.Protocol):
    """One connection."""

    def __init__(self, plan: dict[str, object], times: list[float], until: float) -> None:
        self._head, self._tail = (part.encode() for part in str(plan["path"]).split("{g}"))
        headers = "".join(f"{name}: {value}\r\n" for name, value in dict(plan["headers"]).items())  # type: ignore[call-overload]
        self._rest = f" HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode()
        self._times, self._until = times, until
        self._got, self._need, self._asked = b"", 0, 0.0
        self.failed = 0
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one by behaviour only
        self._ask()

    def _ask(self) -> None:
        self._asked = time.perf_counter()
        if self._asked >= self._until:
            self._transport.close()
            return
        number = b"%d" % random.randrange(1000)
        self._transport.write(b"GET " + self._head + number + self._tail + self._rest)

    def data_received(self, data: bytes) -> None:
        self._got += data
        if not self._need:
            end = self._got.find(b"\r\n\r\n")
            if end < 0:
                return
            lower = self._got[:end].lower()
            if b"transfer-encoding: chunked" in lower:
                if not self._got.endswith(b"\r\n0\r\n\r\n"):
                    return
                lower += b"\r\ncontent-length: %d" % (len(self._got) - end - 4)
            at = lower.index(b"content-length:") + 15
            self._need = end + 4 + int(lower[at:].split(b"\r\n", 1)[0])
        if len(self._got) >= self._need:
            self.failed += not self._got.startswith(b"HTTP/1.1 200")
            self._times.append(time.perf_counter() - self._asked)
            self._got, self._need = b"", 0
            self._ask()

    def connection_lost(self, error: Exception | None) -> None:
        self.failed += error is not None
        self.done.set_result(None)


async def main(plan: dict[str, object]) -> None:
    """Run the plan and print what came of it."""
    times: list[float] = []
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    until = started + float(str(plan["seconds"]))
    askers = []
    for _ in range(int(str(plan["connections"]))):
        _, asker = await loop.create_connection(lambda: Asker(plan, times, until), "127.0.0.1", int(str(plan["port"])))
        askers.append(asker)
    await asyncio.gather(*(asker.done for asker in askers))
    elapsed = time.perf_counter() - started
    times.sort()
    print(
        json.dumps(
            {
                "calls": len(times),
                "per_s": len(times) / elapsed,
                "p50_ms": times[len(times) // 2] * 1e3,
                "p99_ms": times[int(len(times) * 0.99)] * 1e3,
                "failed": sum(asker.failed for asker in askers),
            }
        )
    )


if __name__ == "__main__":
    uvloop.run(main(json.loads(sys.argv[1])))
