"""No operation tells a stranger more about another tenant's thing than about a thing that does not exist.

Generated from the API document: for every operation and every place an identifier can stand (path, query, header, body,
cursor), a second tenant sends the first one's identifier and, separately, a made-up one. Both answers must be the same in
status, headers and body (less the trace id and the echoed identifier), no byte of the first tenant may change, and its
canary text may appear nowhere. An operation that cannot be brought as far as looking the identifier up fails the probe.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import httpx2
import psycopg
import pytest
import pytest_asyncio
from psycopg import sql
from starlette.types import ASGIApp

from fixtures.tenants import TestTenant, make_tenant
from meta import seeds as seeding
from meta.operations import OPEN, Operation, Parameter, Schema, example, names_an_id, operations, properties, resolve
from meta.plain import PLAIN
from meta.requests import Answer, Raw, header_pairs, send
from meta.seeds import BODIES, KEYS, SAMPLES, SLOTS, SLOTS_OF, Seeds
from opsloom.infra.core import Core
from opsloom.infra.db.bootstrap import DATABASE
from opsloom.infra.db.embedded import EmbeddedPostgres
from opsloom.kit.ids import new_id

GUARDED = [each for each in operations() if each.id not in OPEN]
# Columns that reading by the owner himself moves.
RESTLESS = {("api_keys", "last_used_at"), ("sessions", "last_seen_at")}


@dataclass(frozen=True)
class Slot:
    """One place of one operation where an identifier stands."""

    operation: Operation
    place: str
    name: str

    @property
    def thing(self) -> str:
        """The seeded thing it points at."""
        return thing_of(self.operation, self.name) or ""

    def __str__(self) -> str:
        return f"{self.operation.id}:{self.place}:{self.name}"


def thing_of(operation: Operation, name: str) -> str | None:
    """The seeded thing a name points at in this operation."""
    if (operation.id, name) in KEYS:
        return None
    return SLOTS_OF.get((operation.id, name)) or SLOTS.get(name)


def slots_of(operation: Operation) -> Iterator[Slot]:
    """Where identifiers stand in this operation."""
    for each in operation.parameters:
        if thing_of(operation, each.name):
            yield Slot(operation, each.place, each.name)
    for name in sorted({name for name, _ in properties(operation.body or {})}):
        if thing_of(operation, name):
            yield Slot(operation, "body", name)


# Lists of the caller himself: a key has no sign-ins to list.
OWN_LISTS = {"list_sessions"}
PAGED = [each for each in GUARDED if any(one.name == "cursor" for one in each.parameters) and each.id not in OWN_LISTS]
SLOTTED = [slot for operation in GUARDED for slot in slots_of(operation)]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def theirs(client: httpx2.AsyncClient, core: Core, ours: TestTenant) -> Seeds:
    """The first tenant, full of canaries."""
    return await seeding.seed(client, core, ours, "canary-5f0e7c")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def own(client: httpx2.AsyncClient, core: Core, stranger: TestTenant) -> Seeds:
    """The second tenant, with one of everything of its own."""
    return await seeding.seed(client, core, stranger, "sparrow-91ab3d")


def test_every_parameter_is_known() -> None:
    unknown = [
        f"{operation.id}: {each.place} {each.name}"
        for operation in GUARDED
        for each in operation.parameters
        if not thing_of(operation, each.name) and each.name not in PLAIN
    ]
    unknown += [
        f"{operation.id}: body {name}"
        for operation in GUARDED
        for name, schema in properties(operation.body or {})
        if names_an_id(name, schema) and not thing_of(operation, name) and name not in PLAIN
    ]
    assert not unknown, (
        "say in tests/meta/seeds.py what these point at (SLOTS), or in plain.py that they point at nothing"
    )


@pytest.mark.parametrize("slot", SLOTTED, ids=str)
async def test_a_foreign_id_is_like_none(
    app: ASGIApp, client: httpx2.AsyncClient, core: Core, theirs: Seeds, own: Seeds, slot: Slot
) -> None:
    complaint = await compared(app, slot, theirs, own)
    if complaint and slot.place == "body":
        # What another probe has written into the shared tenant must not decide between the two answers.
        fresh = await seeding.seed(client, core, await make_tenant(core), "sparrow-91ab3d")
        complaint = await compared(app, slot, theirs, fresh)
    assert complaint is None


async def compared(app: ASGIApp, slot: Slot, theirs: Seeds, own: Seeds) -> object:
    """Ask for the foreign thing and for none; both must be looked up and answered alike. What is wrong, if anything is."""
    foreign_id = theirs.ids[slot.thing]
    made_up_id = made_up_like(foreign_id)
    foreign = await send(app, await request_with(app, slot, foreign_id, own))
    made_up = await send(app, await request_with(app, slot, made_up_id, own))
    assert theirs.canary not in foreign.text + str(foreign.pairs)
    if not looked_up(made_up, slot):
        return f"the probe does not get to the look-up: {made_up.status} {made_up.text}"
    both = faceless(foreign, foreign_id), faceless(made_up, made_up_id)
    return None if both[0] == both[1] else both


@pytest.mark.parametrize("operation", PAGED, ids=lambda each: each.id)
async def test_a_foreign_cursor_opens_nothing(app: ASGIApp, theirs: Seeds, own: Seeds, operation: Operation) -> None:
    first = await send(app, await request_for(app, operation, {"limit": "1"}, theirs))
    assert first.status == 200, first.text
    cursor = first.json()["next_cursor"]
    assert cursor is not None, "seed at least two, so that there is a second page to ask for"
    answer = await send(app, await request_for(app, operation, {"cursor": cursor}, own))
    assert answer.status == 200, answer.text
    assert theirs.canary not in answer.text
    mine = await send(app, await request_for(app, operation, {"limit": "500"}, own))
    assert all(each in mine.json()["items"] for each in answer.json()["items"])


@pytest.mark.parametrize("operation", [each for each in GUARDED if len(each.in_path()) > 1], ids=lambda each: each.id)
async def test_foreign_ids_together_are_like_none(
    app: ASGIApp, theirs: Seeds, own: Seeds, operation: Operation
) -> None:
    names = [each.name for each in operation.in_path() if each.name in SLOTS]
    foreign_ids = {name: theirs.ids[SLOTS[name]] for name in names}
    made_up_ids = {name: made_up_like(foreign_ids[name]) for name in names}
    foreign = await send(app, await request_for(app, operation, foreign_ids, own))
    made_up = await send(app, await request_for(app, operation, made_up_ids, own))
    assert theirs.canary not in foreign.text
    assert faceless(foreign, *foreign_ids.values()) == faceless(made_up, *made_up_ids.values())


async def test_a_question_finds_no_foreign_name(app: ASGIApp, theirs: Seeds, other_tenant: TestTenant) -> None:
    told = []
    for name in (f"{theirs.canary} 1", "canary-000000 1"):
        text = f"What was the highest CPU of {name} in the last 10 minutes?"
        headers = header_pairs(other_tenant.headers | {"content-type": "application/json"})
        asked = Raw("POST", "/api/v1/questions", headers=headers, body=json.dumps({"text": text}).encode())
        told.append(faceless(await send(app, asked), name, name.split()[0]))
    assert told[0] == told[1]


async def test_no_list_shows_another_tenants_things(app: ASGIApp, theirs: Seeds, own: Seeds) -> None:
    for operation in GUARDED:
        if operation.method == "GET" and not operation.in_path():
            answer = await send(app, await request_for(app, operation, {}, own))
            assert theirs.canary not in answer.text, operation.id
    metrics = await send(app, Raw("GET", "/metrics"))
    assert metrics.status == 200
    assert theirs.canary not in metrics.text


async def test_the_probe_changes_nothing_of_the_other_tenant(
    app: ASGIApp, theirs: Seeds, own: Seeds, postgres: EmbeddedPostgres
) -> None:
    before = rows_of(postgres, theirs.tenant)
    for slot in SLOTTED:
        await send(app, await request_with(app, slot, theirs.ids[slot.thing], own))
    assert rows_of(postgres, theirs.tenant) == before
    assert theirs.canary in json.dumps(before), "the canary is in the data, so that not seeing it means something"


def sample(operation: Operation, parameter: Parameter) -> str:
    """Some valid value of a parameter that points at nothing."""
    return SAMPLES.get(parameter.name) or operation.sample(parameter)


async def request_with(app: ASGIApp, slot: Slot, identifier: str, own: Seeds) -> Raw:
    """The stranger's request with one identifier put into one place; all other places hold his own."""
    return await request_for(app, slot.operation, {slot.name: identifier}, own, {slot.place})


async def request_for(
    app: ASGIApp, operation: Operation, ids: dict[str, str], own: Seeds, places: set[str] | None = None
) -> Raw:
    """A valid request of the stranger; `ids` go where their names stand (in `places` only, if given)."""
    wanted = places or {"path", "query", "header", "body"}
    path, query, headers = {}, {}, dict(own.tenant.headers)
    for each in operation.parameters:
        given = ids.get(each.name) if each.place in wanted else None
        if each.place == "path":
            path[each.name] = given or own.ids.get(thing_of(operation, each.name) or "", "") or sample(operation, each)
        elif each.place == "query" and (given or each.required):
            query[each.name] = given or operation.sample(each)
        elif each.name == "if-match":
            thing = replace(
                operation, path=operation.path[: operation.path.rindex("}") + 1]
            )  # of which this may be a step
            edited = Raw("GET", thing.url(path), headers=header_pairs(own.tenant.headers))
            headers[each.name] = (await send(app, edited)).headers.get("etag", '"1"')
    body = b""
    if operation.body is not None:
        headers["content-type"] = "application/json"
        body = json.dumps(body_for(operation, ids if "body" in wanted else {}, own)).encode()
    return Raw(operation.method, operation.url(path), urlencode(query).encode(), header_pairs(headers), body)


def body_for(operation: Operation, ids: dict[str, str], own: Seeds) -> Any:
    """A valid body, with the given identifiers in the properties of that name."""
    mine = own.ids | {name: own.ids[thing] for (of, name), thing in SLOTS_OF.items() if of == operation.id}
    mine |= {name: own.ids[thing] for name, thing in SLOTS.items()}
    if operation.id in BODIES:
        return BODIES[operation.id](mine | ids)
    body = example(operation.body or {})
    for name, schema in resolve(operation.body or {}).get("properties", {}).items():
        if name in ids:
            body[name] = [ids[name]] if is_list(schema) else ids[name]
    return body


def is_list(schema: Schema) -> bool:
    """Whether a property takes several."""
    forms = [resolve(schema), *(resolve(each) for each in schema.get("anyOf", []))]
    return any(each.get("type") == "array" for each in forms)


def looked_up(answer: Answer, slot: Slot) -> bool:
    """Whether a made-up identifier was refused as missing, or found nothing; not for the request's form."""
    if answer.status in {200, 201, 204, 404}:
        return True
    if answer.status in {409, 412, 422, 428} and slot.place == "body":
        return slot.name in answer.text
    return False


def made_up_like(identifier: str) -> str:
    """An identifier of the same form that nobody has."""
    if re.fullmatch(r"[0-9a-f-]{36}", identifier):
        return str(new_id())
    return f"made-up-{new_id().hex[-8:]}"


def faceless(answer: Answer, *identifiers: str) -> tuple[int, list[str], str]:
    """What an answer says without the identifiers it echoes and without its trace id."""
    text, made = answer.text, answer.method == "POST" and answer.status < 300
    for each in identifiers:
        text = text.replace(each, "<id>")
    text = re.sub(r'"trace_id":"[0-9a-f]{32}"', "", text)
    text = re.sub(r'"(revision|took_ms)":[0-9.]+', "", text)
    if made:  # what was made just now has an identifier of its own
        text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", text)
    text = re.sub(r"[0-9-]{10}T[0-9:.]+(Z|\+00:00)", "", text)
    return answer.status, sorted(name for name, _ in answer.pairs), text


def rows_of(postgres: EmbeddedPostgres, tenant: TestTenant) -> dict[str, list[Any]]:
    """Everything stored for a tenant, as the superuser sees it."""
    superuser = postgres.dsn.as_role(postgres.dsn.user, database=DATABASE)
    found: dict[str, list[Any]] = {}
    with psycopg.connect(**superuser.psycopg()) as connection:
        for (table,) in connection.execute(TENANT_TABLES).fetchall():
            rows = connection.execute(
                sql.SQL("select to_jsonb(t) from {} t where tenant_id = %s order by t::text").format(
                    sql.Identifier(table)
                ),
                (tenant.id,),
            ).fetchall()
            found[table] = [
                {key: value for key, value in row.items() if (table, key) not in RESTLESS} for (row,) in rows
            ]
    return found


TENANT_TABLES = """
select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace
order by 1
"""
