"""Users' expressions and texts are worked on in a process that can be killed; nothing they do reaches the event loop."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import orjson
import psutil
import pytest
import pytest_asyncio

from fixtures.waiting import until
from opsloom.infra.aside import Aside, ExpressionFailed, ExpressionTooCostly, ExpressionUnreadable, TextUnreadable
from opsloom.kit.resilience import deadline


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def aside() -> AsyncIterator[Aside]:
    made = Aside(1)
    yield made
    await made.close()


async def value(aside: Aside, expression: str, given: object = None) -> object:
    return (await aside.evaluate([expression], orjson.dumps(given), limit_s=0.3))[0]


async def test_expressions_have_their_values(aside: Aside) -> None:
    given = orjson.dumps({"rows": [{"n": 1}, {"n": 2}]})
    found = await aside.evaluate(["rows", "$sum(rows.n) + $more"], given, then=["$string()"], bindings={"more": 10})
    assert found == [[{"n": 1}, {"n": 2}], 13, "13"]


@pytest.mark.parametrize(
    "expression",
    [
        "($f := function($x){$f($x)}; $f(1))",
        "[1..10000000]",
        "$match(s, /(a+)+$/)",
        "($g := function($n){$n > 0 ? $g($n-1) + 1 : 0}; $g(100000))",
        "$pad('x', 2000000000)",
        "[1..1000000].{'a': [1..1000]}",
    ],
)
async def test_what_runs_away_is_ended_and_the_next_one_works(aside: Aside, expression: str) -> None:
    with pytest.raises(ExpressionTooCostly):
        await value(aside, expression, {"s": "a" * 40 + "!"})
    assert await value(aside, "1 + 1") == 2


async def test_the_loop_goes_on_while_an_expression_hangs(aside: Aside) -> None:
    hanging = asyncio.create_task(value(aside, "$match(s, /(a+)+$/)", {"s": "a" * 40 + "!"}))
    ticks = 0
    while not hanging.done():
        ticks += 1
        await asyncio.sleep(0)
    assert ticks > 1_000
    with pytest.raises(ExpressionTooCostly):
        await hanging


async def test_a_callers_deadline_ends_it_earlier(aside: Aside) -> None:
    with deadline.limit(0.05), pytest.raises(ExpressionTooCostly, match=r"0\.0"):
        await aside.evaluate(["$match(s, /(a+)+$/)"], orjson.dumps({"s": "a" * 40 + "!"}))


@pytest.mark.parametrize("expression", ["a[", "(" * 5000, "1 +", "`", "{"])
async def test_what_is_no_expression_is_refused(aside: Aside, expression: str) -> None:
    with pytest.raises(ExpressionUnreadable):
        await aside.check([expression])


@pytest.mark.parametrize("expression", ["$sum('a')", "1/0", "function($x){$x}", "$toMillis('x')"])
async def test_what_fails_on_its_data_says_so(aside: Aside, expression: str) -> None:
    with pytest.raises(ExpressionFailed) as caught:
        await value(aside, expression)
    assert caught.value.message


async def test_yaml_is_read_as_json(aside: Aside) -> None:
    assert await aside.yaml(b"a: 2026-01-01\n1: [x, &k {y: no}]\nz: *k\n") == {
        "a": "2026-01-01", "1": ["x", {"y": "no"}], "z": {"y": "no"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"a: [1,\n b", "line 2"),
        (b"\xff", "UTF-8"),
        (b"!!python/object/apply:os.system ['id']", "tag"),
        (b"&a [*a]", "JSON"),
        (b"a: 1\na: 2", "a"),
    ],
)
async def test_bad_yaml_says_where(aside: Aside, text: bytes, said: str) -> None:
    with pytest.raises(TextUnreadable, match=said):
        await aside.yaml(text)


async def test_a_yaml_bomb_dies_alone(aside: Aside) -> None:
    lines = [b"a: &a [x,x,x,x,x,x,x,x,x]"]
    lines += [b"%c: &%c [%s]" % (98 + n, 98 + n, b",".join([b"*%c" % (97 + n)] * 9)) for n in range(9)]
    with pytest.raises(ExpressionTooCostly):
        await aside.yaml(b"\n".join(lines))
    assert await aside.yaml(b"a: 1") == {"a": 1}


def workers() -> set[int]:
    """The processes that work aside for this one."""
    return {each.pid for each in psutil.Process().children() if "aside/worker.py" in " ".join(each.cmdline())}


async def test_one_that_somebody_else_ended_is_not_used() -> None:
    aside, others = Aside(1), workers()
    await aside.check(["a"])
    (pid,) = workers() - others
    os.kill(pid, signal.SIGKILL)
    await until(lambda: aside.processes == 0)
    await aside.check(["b"])
    await aside.close()


async def test_processes_end_when_nobody_needs_them() -> None:
    aside = Aside(2, idle_s=0.01)
    await asyncio.gather(*[aside.check(["a"]) for _ in range(4)])
    await until(lambda: aside.processes == 0)
    await aside.check(["b"])
    await aside.close()
    assert aside.processes == 0
