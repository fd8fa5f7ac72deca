"""Databases over TLS: the address is pinned, and the name is still what has to be proven."""

import os
import pwd
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography import x509

from fakes.mail import MailServer
from fixtures.certificates import certificate
from fixtures.external_postgres import ADMIN, PASSWORDS, ExternalPostgres, debian_binaries
from fixtures.linked import Linked
from fixtures.mariadb import MISSING, ROOT, ROOT_PASSWORD, MariaDb
from opsloom.infra.addresses import Address
from opsloom.infra.db.embedded import OS_USER
from opsloom.infra.pinned import TlsFailed

NAME, OTHER = "db.shop.example", "other.shop.example"


@dataclass
class Encrypted:
    """A server whose certificate is for `NAME`."""

    config: dict[str, Any]
    password: str
    ca: str
    asks: str


def named_here(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every name leads to this machine, for our resolver alone: a driver that asked the system would find none of them."""

    async def here(_host: str, _port: int) -> list[Address]:
        return [ip_address("127.0.0.1")]

    monkeypatch.setattr(linked.connections._tools.dialer, "_resolver", here)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("tls"), x509.DNSName(NAME))


@pytest.fixture(scope="module")
def tls_postgres(papers: tuple[Path, Path]) -> Iterator[Encrypted]:
    binaries = debian_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL with TLS is not installed: apt-get install postgresql")
    server = ExternalPostgres(binaries)
    server.make()
    for name, source in (("server.crt", papers[0]), ("server.key", papers[1])):
        target = server.folder / name
        target.write_bytes(source.read_bytes())
        target.chmod(0o600)
        if os.geteuid() == 0:
            owner = pwd.getpwnam(OS_USER)
            os.chown(target, owner.pw_uid, owner.pw_gid)
    with psycopg.connect(**server.dsn(ADMIN, "postgres").psycopg(), autocommit=True) as connection:
        connection.execute(f"alter system set ssl_cert_file = '{server.folder / 'server.crt'}'")
        connection.execute(f"alter system set ssl_key_file = '{server.folder / 'server.key'}'")
        connection.execute("alter system set ssl = on")
    server.stop()
    server.start()
    config = {"type": "postgresql", "port": server.port, "database": "postgres", "user": ADMIN}
    yield Encrypted(
        config, PASSWORDS[ADMIN], papers[0].read_text(), "select ssl from pg_stat_ssl where pid = pg_backend_pid()"
    )
    server.remove()


@pytest.fixture(scope="module")
def tls_mysql(papers: tuple[Path, Path]) -> Iterator[Encrypted]:
    if MISSING:
        pytest.skip("MariaDB is not installed: apt-get install mariadb-server")
    server = MariaDb(f"--ssl-cert={papers[0]}", f"--ssl-key={papers[1]}")
    server.make()
    config = {"type": "mysql", "port": server.port, "database": "mysql", "user": ROOT}
    ask = "select variable_value <> '' from information_schema.session_status where variable_name = 'SSL_CIPHER'"
    yield Encrypted(config, ROOT_PASSWORD, papers[0].read_text(), ask)
    server.remove()


@pytest.mark.parametrize("kind", ["postgres", "mysql"])
async def test_the_name_is_proven_although_the_address_is_pinned(
    linked: Linked, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    server: Encrypted = request.getfixturevalue(f"tls_{kind}")
    named_here(linked, monkeypatch)
    scope = linked.tenant.scope
    config = server.config | {"password": await linked.secret("db", server.password), "tls": "verify", "ca": server.ca}
    good = await linked.publish("Good", config | {"host": NAME})
    rows = await linked.connections.query(scope, good, server.asks)
    assert rows.rows in ([[True]], [[1]])
    layers = {layer.name: layer.holds for layer in await linked.connections.safety(scope, good)}
    assert layers["encrypted"] is True
    for name, wrong in (("Name", {"host": OTHER}), ("Trust", {"host": NAME, "ca": None})):
        key = await linked.publish(name, config | wrong)
        with pytest.raises(TlsFailed):
            await linked.connections.query(scope, key, "select 1")
        steps = await linked.connections.test(scope, key)
        assert [(step.name, step.ok) for step in steps][-1] == ("authenticate", False)
    unproven = await linked.publish("Unproven", config | {"host": OTHER, "tls": "require", "ca": None})
    assert (await linked.connections.query(scope, unproven, server.asks)).rows == rows.rows


async def test_mail_over_tls_proves_its_name(
    linked: Linked, monkeypatch: pytest.MonkeyPatch, papers: tuple[Path, Path]
) -> None:
    named_here(linked, monkeypatch)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*papers)
    secret = await linked.secret("mail", "m4il-canary-s3cret")
    async with MailServer(tls=context).serving() as server:
        config = {
            "type": "smtp",
            "port": server.port,
            "user": "mailer",
            "password": secret,
            "ca": papers[0].read_text(),
        }
        outcomes = []
        for name in (NAME, OTHER):
            steps = await linked.connections.test(
                linked.tenant.scope, await linked.publish(name, config | {"host": name})
            )
            outcomes.append((steps[-1].name, steps[-1].ok))
    assert outcomes == [("noop", True), ("starttls", False)]
