"""Mail servers are greeted, secured and signed in to, and nothing is sent; the password never goes out in clear by surprise."""

import ipaddress
import ssl
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from fakes.hostile import Manner, babbles, behaving, drips, floods, hangs, resets
from fakes.mail import MailServer
from fixtures.certificates import certificate
from fixtures.linked import Linked
from opsloom.connections.service import Step


@pytest.fixture
def vouched(tmp_path: Path) -> tuple[ssl.SSLContext, str]:
    """A server's context for 127.0.0.1, and the certificate that vouches for it."""
    cert_file, key_file = certificate(tmp_path, x509.IPAddress(ipaddress.IPv4Address("127.0.0.1")))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert_file, key_file)
    return context, cert_file.read_text()


async def tried(linked: Linked, port: int, password: str = "m4il-canary-s3cret", **more: Any) -> list[Step]:
    secret = await linked.secret("mail", password)
    config = {"type": "smtp", "host": "127.0.0.1", "port": port, "user": "mailer", "password": secret} | more
    key = await linked.publish("Mail", config, connect_s=1, total_s=1.5)
    return await linked.connections.test(linked.tenant.scope, key)


def outcomes(steps: list[Step]) -> list[tuple[str, bool]]:
    return [(step.name, step.ok) for step in steps]


async def test_starttls_then_sign_in(linked: Linked, vouched: tuple[ssl.SSLContext, str]) -> None:
    tls, ca = vouched
    async with MailServer(tls=tls).serving() as server:
        steps = await tried(linked, server.port, ca=ca)
    names = ["resolve", "connect", "ehlo", "starttls", "authenticate", "noop"]
    assert outcomes(steps) == [(name, True) for name in names], steps
    assert [line.split(" ")[0] for line in server.heard[:3]] == ["EHLO", "STARTTLS", "EHLO"]
    assert server.heard[0] == "EHLO opsloom"


async def test_tls_from_the_first_byte(linked: Linked, vouched: tuple[ssl.SSLContext, str]) -> None:
    tls, ca = vouched
    async with MailServer(tls=tls, implicit=True).serving() as server:
        steps = await tried(linked, server.port, ca=ca, security="tls")
    assert outcomes(steps) == [(name, True) for name in ("resolve", "connect", "ehlo", "authenticate", "noop")], steps


async def test_a_certificate_nobody_vouches_for(linked: Linked, vouched: tuple[ssl.SSLContext, str]) -> None:
    tls, _ = vouched
    async with MailServer(tls=tls).serving() as server:
        steps = await tried(linked, server.port)
        assert outcomes(steps)[-1] == ("starttls", False)
        assert not any("AUTH" in line for line in server.heard)


async def test_a_server_without_starttls_gets_no_password(linked: Linked) -> None:
    async with MailServer(offers_tls=False).serving() as server:
        steps = await tried(linked, server.port)
    assert outcomes(steps)[-1] == ("starttls", False)
    assert not any(line.startswith("AUTH") for line in server.heard)


async def test_a_wrong_password_is_a_step_that_failed(linked: Linked) -> None:
    async with MailServer().serving() as server:
        steps = await tried(linked, server.port, password="wr0ng-canary-s3cret", security="none")
    assert outcomes(steps)[-1] == ("authenticate", False)
    assert "wr0ng-canary-s3cret" not in str(steps)


@pytest.mark.parametrize("manner", [hangs, resets, drips, floods, babbles])
async def test_servers_that_take_no_mail(linked: Linked, manner: Manner) -> None:
    async with behaving(manner) as port:
        steps = await tried(linked, port, security="none")
    assert outcomes(steps)[-1] == ("connect", False), steps
