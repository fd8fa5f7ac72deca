"""The modules a script may import: `db`, `http`, `cache`, `log`, `secrets`, `statistics`, and `answer`, each bound to one run.

Every module goes the way its counterpart in the product goes: `db` through the SQL guard or a connection, `http` through a
connection, `secrets` to named secrets that the API declares. What a module refuses is an exception inside the script, which may
catch it; uncaught, it leaves the run as the error it was.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
import orjson

from opsloom.apis.engines.protocol import LogLine
from opsloom.kit.errors import InvalidInput, OpsloomError

if TYPE_CHECKING:
    from pydantic_monty import ExternalModule

_MOST_LINES: Final = 200
_MOST_LINE: Final = 2_000
_MOST_FIELDS_BYTES: Final = 8_000
_MOST_NUMBERS: Final = 100_000
_HIDDEN: Final = "********"
ANSWER: Final = "$answer"
"""The key under which `answer.respond` hands back a status and headers beside the body."""

_ANY = "from typing import Any\n"
STUBS: Final[Mapping[str, str]] = {
    "db": _ANY
    + "async def query(sql: str, params: dict[str, Any] | None = None, connection: str | None = None) -> list[dict[str, Any]]: ...\n"
    + "async def one(sql: str, params: dict[str, Any] | None = None, connection: str | None = None) -> dict[str, Any] | None: ...\n",
    "http": _ANY
    + "async def request(connection: str, method: str, path: str = '', query: dict[str, Any] | None = None, "
    "headers: dict[str, str] | None = None, json: Any = None) -> dict[str, Any]: ...\n"
    "async def get(connection: str, path: str = '', query: dict[str, Any] | None = None) -> dict[str, Any]: ...\n"
    "async def post(connection: str, path: str = '', json: Any = None) -> dict[str, Any]: ...\n",
    "cache": _ANY
    + "def get(key: str) -> Any: ...\n"
    + "def set(key: str, value: Any, ttl_s: float = 60.0) -> None: ...\n"
    + "def delete(key: str) -> None: ...\n",
    "log": "def info(message: str, **fields: object) -> None: ...\n"
    "def warning(message: str, **fields: object) -> None: ...\n"
    "def error(message: str, **fields: object) -> None: ...\n",
    "secrets": "async def get(name: str) -> str: ...\n",
    "statistics": "".join(
        f"def {name}(data: list[float]) -> float: ...\n"
        for name in ("mean", "median", "stdev", "pstdev", "variance", "pvariance")
    )
    + "def quantiles(data: list[float], n: int = 4) -> list[float]: ...\n"
    + "def correlation(x: list[float], y: list[float]) -> float: ...\n",
    "answer": _ANY + "def respond(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Any: ...\n",
}


class Reach(Protocol):
    """What a run may reach, with its caller's rights and its API's declarations. Raises OpsloomError."""

    async def query(self, sql: str, params: Mapping[str, Any], connection: str | None) -> list[dict[str, Any]]: ...

    async def request(self, connection: str, call: Mapping[str, Any]) -> dict[str, Any]: ...

    async def secret(self, name: str) -> str: ...

    def cached(self, key: str) -> Any: ...

    def cache(self, key: str, value: Any, ttl_s: float) -> None: ...

    def forget(self, key: str) -> None: ...


@dataclass(slots=True)
class Host:
    """The host's side of one run: what it refused, what was logged, which secrets it handed out."""

    reach: Reach
    lines: list[LogLine] = field(default_factory=list)
    _refused: dict[str, OpsloomError] = field(default_factory=dict)
    _revealed: list[str] = field(default_factory=list)

    def modules(self) -> "Mapping[str, ExternalModule]":
        """For `Job.modules`."""
        return {name: _module(name, functions) for name, functions in self._functions().items()}

    def refusal_of(self, text: str) -> OpsloomError | None:
        """For `Job.refusal_of`."""
        return self._refused.get(text)

    def masked(self, text: str) -> str:
        """Without the secrets that the script was given."""
        for secret in self._revealed:
            text = text.replace(secret, _HIDDEN)
        return text

    def _functions(self) -> dict[str, dict[str, Any]]:
        return {
            "db": {"query": self._told(self._query), "one": self._told(self._one)},
            "http": {
                "request": self._told(self._request),
                "get": self._told(self._get),
                "post": self._told(self._post),
            },
            "cache": {"get": self.reach.cached, "set": self._cache, "delete": self.reach.forget},
            "log": {level: self._logger(level) for level in ("info", "warning", "error")},
            "secrets": {"get": self._told(self._secret)},
            "statistics": _STATISTICS,
            "answer": {"respond": respond},
        }

    def _told(self, act: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def call(*args: Any, **kwargs: Any) -> Any:
            try:
                return await act(*args, **kwargs)
            except OpsloomError as error:
                text = f"{error.title}: {error.message}"
                self._refused[text] = error
                raise RuntimeError(text) from None

        return call

    async def _query(self, sql: str, params: Mapping[str, Any] | None = None, connection: str | None = None) -> Any:
        return await self.reach.query(sql, params or {}, connection)

    async def _one(self, sql: str, params: Mapping[str, Any] | None = None, connection: str | None = None) -> Any:
        rows = await self.reach.query(sql, params or {}, connection)
        return rows[0] if rows else None

    async def _request(self, connection: str, method: str, path: str = "", **call: Any) -> Any:
        return await self.reach.request(connection, {"method": method, "path": path, **call})

    async def _get(self, connection: str, path: str = "", query: Mapping[str, Any] | None = None) -> Any:
        return await self.reach.request(connection, {"method": "GET", "path": path, "query": query})

    async def _post(self, connection: str, path: str = "", json: Any = None) -> Any:
        return await self.reach.request(connection, {"method": "POST", "path": path, "json": json})

    async def _secret(self, name: str) -> str:
        secret = await self.reach.secret(name)
        if secret:
            self._revealed.append(secret)
        return secret

    def _cache(self, key: str, value: Any, ttl_s: float = 60.0) -> None:
        self.reach.cache(key, value, ttl_s)

    def _logger(self, level: str) -> Callable[..., None]:
        def write(message: str, **fields: Any) -> None:
            if len(self.lines) < _MOST_LINES:
                text = self.masked(orjson.dumps(fields, default=str).decode())
                shown = orjson.loads(text) if len(text) <= _MOST_FIELDS_BYTES else {"left_out": f"{len(text)} bytes"}
                self.lines.append(LogLine(datetime.now(UTC), level, self.masked(str(message))[:_MOST_LINE], shown))

        return write


def respond(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What `main` returns to answer with a status and headers of its own."""
    if not 200 <= status <= 599:
        raise ValueError("a status is between 200 and 599")
    return {ANSWER: {"body": body, "status": status, "headers": dict(headers or {})}}


def for_checking() -> "Mapping[str, ExternalModule]":
    """The modules by their stubs alone, for the type checker: nothing can be reached before `main` is called."""

    def refuse(*_args: Any, **_kwargs: Any) -> None:
        raise InvalidInput("Call this inside main.")

    names = {"db": ("query", "one"), "http": ("request", "get", "post"), "cache": ("get", "set", "delete")}
    names |= {"log": ("info", "warning", "error"), "secrets": ("get",), "answer": ("respond",)}
    stand_ins: dict[str, dict[str, Any]] = {name: dict.fromkeys(each, refuse) for name, each in names.items()}
    return {name: _module(name, functions) for name, functions in (stand_ins | {"statistics": _STATISTICS}).items()}


def _module(name: str, functions: Mapping[str, Any]) -> "ExternalModule":
    from pydantic_monty import ExternalModule

    return ExternalModule(dict(functions), stubs=STUBS[name])


def _numbers(data: Sequence[float]) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """What a script hands over is worked on beside the event loop's other work, so there is a limit to it."""
    if len(data) > _MOST_NUMBERS:
        raise ValueError(f"at most {_MOST_NUMBERS:,} numbers at once")
    return np.asarray(data, dtype=np.float64)


def _quantiles(data: Sequence[float], n: int = 4) -> list[float]:
    """The n - 1 cut points of n equal parts, with the exclusive method of Python's own `statistics.quantiles`."""
    if not 1 <= n <= 1_000 or len(data) < 2:
        raise ValueError("needs at least two numbers, and 1 to 1,000 parts")
    return [float(cut) for cut in np.quantile(_numbers(data), [i / n for i in range(1, n)], method="weibull")]


def _of(count: int, act: Callable[..., Any]) -> Callable[[Sequence[float]], float]:
    def of(data: Sequence[float]) -> float:
        if len(data) < count:
            raise ValueError(f"needs at least {count} number{'s' if count > 1 else ''}")
        return float(act(_numbers(data)))

    return of


def _correlation(x: Sequence[float], y: Sequence[float]) -> float:
    if len(x) != len(y) or len(x) < 2:
        raise ValueError("needs two lists of the same length, at least 2")
    return float(np.corrcoef(_numbers(x), _numbers(y))[0, 1])


_STATISTICS: Final[dict[str, Any]] = {
    "mean": _of(1, np.mean),
    "median": _of(1, np.median),
    "stdev": _of(2, lambda numbers: np.std(numbers, ddof=1)),
    "pstdev": _of(1, np.std),
    "variance": _of(2, lambda numbers: np.var(numbers, ddof=1)),
    "pvariance": _of(1, np.var),
    "quantiles": _quantiles,
    "correlation": _correlation,
}
