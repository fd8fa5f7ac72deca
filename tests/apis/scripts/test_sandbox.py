"""The sandbox: what scripts give and may do, what becomes of those that break, hang, grow or try to get out."""

import asyncio
import statistics as reference
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
import pytest_asyncio

from opsloom.apis.errors import LogicRefused, ResultTooLarge, RunTimedOut, ScriptFailed
from opsloom.apis.scripts.modules import ANSWER, Host, for_checking
from opsloom.apis.scripts.sandbox import Job, Ran, Sandbox
from opsloom.kit.errors import Forbidden, OpsloomError
from opsloom.kit.frozen import Frozen


class Reach:
    """A host that answers queries with their parameters, holds one secret and a cache, and refuses the rest."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}

    async def query(self, sql: str, params: Mapping[str, Any], connection: str | None) -> list[dict[str, Any]]:
        if "forbidden" in sql:
            raise Forbidden("not yours")
        return [{"sql": sql, "connection": connection, **params}]

    async def request(self, connection: str, call: Mapping[str, Any]) -> dict[str, Any]:
        if call["path"] == "/hang":
            await asyncio.Event().wait()
        return {"status": 200, "headers": {}, "json": dict(call) | {"connection": connection}}

    async def secret(self, name: str) -> str:
        return f"canary-{name}"

    def cached(self, key: str) -> Any:
        return self.kept.get(key)

    def cache(self, key: str, value: Any, ttl_s: float) -> None:
        self.kept[key] = value

    def forget(self, key: str) -> None:
        self.kept.pop(key, None)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def sandbox() -> AsyncIterator[Sandbox]:
    made = Sandbox()
    yield made
    await made.close()


async def run(sandbox: Sandbox, body: str, host: Host | None = None, **changes: Any) -> Any:
    ran = await execute(sandbox, body, host, **changes)
    return orjson.loads(ran.body)


async def execute(sandbox: Sandbox, body: str, host: Host | None = None, **changes: Any) -> Ran:
    """`body` is that of main, or a whole script when it defines main itself."""
    code = body if "def main" in body else "async def main(params, input, ctx):\n    " + body.replace("\n", "\n    ")
    host = host or Host(Reach())
    given = {
        "inputs": {"params": {"n": 2}, "input": None, "ctx": {"tenant": "t"}},
        "timeout_s": 2.0,
        "max_bytes": 10_000,
        "refusal_of": host.refusal_of,
        **changes,
    }
    return await sandbox.execute(Job(code=code, modules=host.modules(), **given))


async def test_main_gets_its_inputs_and_gives_json(sandbox: Sandbox) -> None:
    assert await run(sandbox, "return {'twice': params['n'] * 2, 'tenant': ctx['tenant'], 'input': input}") == {
        "twice": 4,
        "tenant": "t",
        "input": None,
    }


async def test_main_may_be_a_plain_function_with_helpers_beside_it(sandbox: Sandbox) -> None:
    code = "def double(x):\n    return x * 2\n\ndef main(params, input, ctx):\n    return [double(params['n'])]\n"
    assert await run(sandbox, code) == [4]


async def test_modules_reach_the_host(sandbox: Sandbox) -> None:
    body = (
        "import asyncio, db, http, cache\n"
        "rows, page = await asyncio.gather(db.query('select 1', {'a': 1}), http.get('crm', '/x', {'q': 1}))\n"
        "one = await db.one('select 2', connection='orders')\n"
        "cache.set('k', rows)\n"
        "return [rows, page['json']['path'], one['connection'], cache.get('k') == rows, cache.get('other')]"
    )
    assert await run(sandbox, body) == [[{"sql": "select 1", "connection": None, "a": 1}], "/x", "orders", True, None]


async def test_what_the_host_refuses_can_be_caught_and_otherwise_leaves_as_it_was(sandbox: Sandbox) -> None:
    caught = "import db\ntry:\n    await db.query('forbidden')\nexcept RuntimeError as error:\n    return str(error)"
    assert await run(sandbox, caught) == "Not permitted: not yours"
    with pytest.raises(Forbidden, match="not yours"):
        await run(sandbox, "import db\nreturn await db.query('forbidden')")


async def test_an_error_names_the_line_of_the_script(sandbox: Sandbox) -> None:
    code = "def main(params, input, ctx):\n    x = 1\n    return x / 0\n"
    with pytest.raises(ScriptFailed, match="ZeroDivisionError: division by zero at line 3") as failed:
        await run(sandbox, code)
    assert failed.value.details[0].pointer == "/logic/code#3:12"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("while True:\n    pass", RunTimedOut),
        ("import asyncio\nawait asyncio.sleep(60)", RunTimedOut),
        ("import http\nreturn await http.get('crm', '/hang')", RunTimedOut),
        ("return [0] * 10**9", ScriptFailed),
        ("return 'x' * 20_000", ResultTooLarge),
        ("return 10 ** 10 ** 10", (RunTimedOut, ScriptFailed)),
        ("def f():\n    f()\nf()", ScriptFailed),
        ("return {1: 2}", ScriptFailed),
        ("return {1, 2}", ScriptFailed),
        ("import db\nfor i in range(2000):\n    await db.query('x')", ScriptFailed),
        ("for i in range(10**6):\n    print('x' * 1000)", (RunTimedOut, ScriptFailed)),
    ],
)
async def test_what_grows_or_hangs_is_ended_and_the_next_one_runs(
    sandbox: Sandbox, body: str, error: type[OpsloomError]
) -> None:
    with pytest.raises(error):
        await run(sandbox, body, timeout_s=0.5)
    assert await run(sandbox, "return 1") == 1


ESCAPES = [
    "open('/etc/passwd').read()",
    "open('/proc/self/environ').read()",
    "open('x', 'w').write('x')",
    "__import__('os').system('id')",
    "__import__('subprocess')",
    "eval(\"__import__('os').environ\")",
    "exec('import subprocess')",
    "compile('1', 'x', 'eval')",
    "globals()['__builtins__']",
    "().__class__.__bases__[0].__subclasses__()",
    "''.__class__.__mro__[1].__subclasses__()",
    "(lambda: 0).__globals__",
    "(lambda: 0).__code__",
    "main.__globals__",
    "main.__code__.co_consts",
    "[].__reduce__()",
    "type('X', (), {})",
    "type.__getattribute__(int, '__subclasses__')",
    "getattr(int, '__subclasses__')()",
    "object.__subclasses__()",
    "'{0.__class__}'.format(1)",
    "'{0.__class__.__init__.__globals__}'.format(print)",
    "f'{print.__self__}'",
    "vars()['__builtins__']",
    "breakpoint()",
    "input('x')",
    "memoryview(b'x').obj.__class__",
]
IMPORTS = [
    "subprocess", "socket", "ctypes", "pickle", "marshal", "importlib", "inspect", "gc", "builtins", "threading",
    "multiprocessing", "signal", "shutil", "tempfile", "urllib.request", "http.client", "ssl", "select", "mmap", "code",
    "codeop", "runpy", "pty", "fcntl", "resource", "faulthandler", "opsloom", "pydantic_monty", "numpy", "sqlite3",
    "asyncio.subprocess", "linecache", "traceback", "site", "atexit", "platform", "webbrowser", "xmlrpc", "ftplib", "smtplib",
]  # fmt: skip
OS_CALLS = [
    "os.system('id')", "os.popen('id')", "os.environ['PATH']", "os.getenv('HOME')", "os.listdir('/')", "os.fork()",
    "os.execv('/bin/sh', [])", "os.remove('/x')", "os.mkdir('/x')", "os.kill(1, 9)", "os.open('/etc/passwd', 0)",
    "sys.modules['os']", "sys._getframe()", "sys.exit()", "pathlib.Path('/etc/passwd').read_text()",
    "pathlib.Path('/').iterdir()", "pathlib.Path('/x').write_text('x')",
]  # fmt: skip
DUNDERS = [
    f"{thing}.__{name}__"
    for thing in ("print", "int", "main", "params", "ctx")
    for name in ("globals", "builtins", "code", "subclasses", "closure", "loader")
]


@pytest.mark.parametrize(
    "attempt",
    [
        *(f"return str({each})" for each in ESCAPES),
        *(f"import {each}\nreturn str({each})" for each in IMPORTS),
        *(f"import os, sys, pathlib\nreturn str({each})" for each in OS_CALLS),
        *(f"return str({each})" for each in DUNDERS),
    ],
)
async def test_there_is_no_way_out(sandbox: Sandbox, attempt: str) -> None:
    """Refused, or answered with nothing of the host: neither its files, its environment nor its objects."""
    try:
        given = orjson.dumps(await run(sandbox, attempt, timeout_s=1.0)).decode()
    except OpsloomError as error:
        given = str(error)
    for trace in (
        "root:x:",
        "uid=",
        "PATH=",
        "/usr/",
        "<module 'os'",
        "<class 'object'",
        "cpython",
        "Popen",
        "wrap_close",
    ):
        assert trace not in given
    assert await run(sandbox, "return 1") == 1


def test_the_corpus_of_escapes_is_large() -> None:
    assert len({*ESCAPES, *IMPORTS, *OS_CALLS, *DUNDERS}) >= 100


async def test_runs_share_nothing(sandbox: Sandbox) -> None:
    await run(sandbox, "global left\nleft = 'behind'\nreturn 1")
    code = (
        "def main(params, input, ctx):\n    try:\n        return left\n    except NameError:\n        return 'clean'\n"
    )
    assert await run(sandbox, code) == "clean"


async def test_a_frozen_clock_and_seed_give_the_same_again(sandbox: Sandbox) -> None:
    body = "import random, datetime\nreturn [random.random(), datetime.datetime.now().isoformat()]"
    frozen = Frozen(datetime(2026, 1, 2, 3, 4, tzinfo=UTC), seed=7)
    first = await run(sandbox, body, frozen=frozen)
    assert first[1].startswith("2026-01-02T03:04")
    assert await run(sandbox, body, frozen=frozen) == first


async def test_log_lines_are_kept_without_the_secrets_the_script_was_given(sandbox: Sandbox) -> None:
    host = Host(Reach())
    body = (
        "import log, secrets\ntoken = await secrets.get('crm/token')\n"
        "log.info('with ' + token, header=token)\nlog.error('x' * 5000)\nlog.warning('big', data='y' * 10000)\nreturn 1"
    )
    await run(sandbox, body, host)
    assert [line.level for line in host.lines] == ["info", "error", "warning"]
    assert "canary" not in str(host.lines)
    assert (host.lines[0].message, host.lines[0].fields) == ("with ********", {"header": "********"})
    assert len(host.lines[1].message) == 2_000
    assert "left_out" in host.lines[2].fields


async def test_an_answer_may_have_a_status_of_its_own(sandbox: Sandbox) -> None:
    body = "import answer\nreturn answer.respond({'no': 1}, 404, {'X-A': 'b'})"
    assert await run(sandbox, body) == {ANSWER: {"body": {"no": 1}, "status": 404, "headers": {"X-A": "b"}}}
    with pytest.raises(ScriptFailed, match="between 200 and 599"):
        await run(sandbox, "import answer\nreturn answer.respond(1, 42)")


@pytest.mark.parametrize("name", ["mean", "median", "stdev", "pstdev", "variance", "pvariance", "quantiles"])
async def test_statistics_agree_with_pythons_own(sandbox: Sandbox, name: str) -> None:
    data = [3.5, 1.25, 9.0, 4.75, 2.0]
    given = await run(sandbox, f"import statistics\nreturn statistics.{name}({data})")
    assert given == pytest.approx(getattr(reference, name)(data))


async def test_statistics_have_an_end(sandbox: Sandbox) -> None:
    with pytest.raises(ScriptFailed, match="at most 100,000 numbers"):
        await run(sandbox, "import statistics\nreturn statistics.mean([1.0] * 200_000)")


@pytest.mark.parametrize(
    ("code", "line", "part"),
    [
        ("def main(params, input, ctx):\n    x = 1\n    return x.foo\n", 3, "foo"),
        ("def main(params, input, ctx)\n    return 1\n", 1, ""),
        ("import db\nasync def main(params, input, ctx):\n    return await db.query(5)\n", 3, "query"),
        ("import log\ndef main(params, input, ctx):\n    log.shout('x')\n", 3, "shout"),
        ("class A(dict):\n    pass\ndef main(params, input, ctx):\n    return 1\n", 1, "inheritance"),
        ("x = 1\n", 1, "main"),
        ("while True:\n    pass\ndef main(params, input, ctx):\n    return 1\n", 1, ""),
    ],
)
async def test_publishing_would_find(sandbox: Sandbox, code: str, line: int, part: str) -> None:
    findings = await sandbox.check(code, for_checking())
    assert findings
    assert findings[0].line == line
    assert findings[0].pointer == "/logic/code"
    assert part in findings[0].message


async def test_a_good_script_has_no_findings_and_is_not_run(sandbox: Sandbox) -> None:
    code = "import db\nasync def main(params, input, ctx):\n    raise ValueError(await db.query('x'))\n"
    assert await sandbox.check(code, for_checking()) == ()


async def test_a_script_without_main_is_refused_before_it_runs(sandbox: Sandbox) -> None:
    with pytest.raises(LogicRefused):
        await sandbox.execute(Job("x = 1", {}, {}, 1.0, 100))


async def test_many_runs_at_once_wait_their_turn(sandbox: Sandbox) -> None:
    given = await asyncio.gather(*(run(sandbox, f"return {number}", timeout_s=10.0) for number in range(40)))
    assert given == list(range(40))
