"""E-mail against a real server on loopback, by a server of its own and by a connection."""

import email
from collections.abc import AsyncIterator
from email.policy import default

import pytest
from tests.notifications.conftest import Desk

from fakes.mail import MailServer
from fixtures.linked import Linked
from opsloom.assets.kinds import Kinds
from opsloom.connections.service import Connections
from opsloom.infra.addresses import EgressPolicy
from opsloom.infra.http import Http
from opsloom.notifications.channels.email import EmailSender
from opsloom.notifications.channels.types import Senders
from opsloom.notifications.content import ChannelType


@pytest.fixture
async def mail(desk: Desk, out: Http, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[MailServer]:
    del out
    senders = desk.core.part(Senders)
    sender = EmailSender(Connections(desk.core))
    monkeypatch.setattr(senders, "by_type", {**senders.by_type, ChannelType.EMAIL: sender})
    async with MailServer().serving() as server:
        yield server


def form(server: MailServer, **more: object) -> dict[str, object]:
    return {
        "host": "127.0.0.1",
        "port": server.port,
        "security": "none",
        "user": server.user,
        "password": server.password,
        "sender": "opsloom@example.com",
        "to": ["ops@example.com", "night@example.com"],
        **more,
    }


async def test_a_transition_arrives_as_a_mail(desk: Desk, mail: MailServer) -> None:
    channel = await desk.service("email", form(mail), language="en")
    await desk.happen()
    await desk.attempt(await desk.line(channel))
    line = await desk.line(channel)
    assert line.status == "sent", [each.error for each in await desk.tries(line)]
    [raw] = mail.mails
    got = email.message_from_string(raw, policy=default)
    assert got["subject"] == "[critical] CPU of web-01 is above 90 %: firing"
    assert (got["to"], got["auto-submitted"]) == ("ops@example.com, night@example.com", "auto-generated")
    assert got["message-id"] == f"<msg_{line.message_id.hex}@example.com>"
    assert got["references"] == f"<alert-{line.alert_id}@example.com>"
    text = got.get_content()
    assert "Rule: Busy checkout" in text
    assert "/acknowledge#token=" in text
    assert [said for said in mail.heard if said.startswith("RCPT")] == [
        "RCPT TO:<ops@example.com>",
        "RCPT TO:<night@example.com>",
    ]


@pytest.mark.parametrize(
    ("says", "status", "reason"),
    [
        ({"RCPT": "550 no such user"}, "failed", "refused_by_receiver"),
        ({"DATA": "554 not from here"}, "failed", "refused_by_receiver"),
        ({"MAIL": "451 come again"}, "retrying", None),
        ({"AUTH": "535 go away"}, "failed", "refused_by_receiver"),
    ],
)
async def test_what_the_server_refuses(
    desk: Desk, mail: MailServer, says: dict[str, str], status: str, reason: str | None
) -> None:
    mail.says = says
    channel = await desk.service("email", form(mail))
    await desk.happen()
    await desk.attempt(await desk.line(channel))
    line = await desk.line(channel)
    [tried] = await desk.tries(line)
    assert (line.status, line.reason) == (status, reason), tried.error
    assert next(iter(says.values())).split(" ", 1)[0] in (tried.error or "")
    assert mail.password not in (tried.error or "")


async def test_a_server_that_is_not_there_is_tried_again(desk: Desk, mail: MailServer) -> None:
    channel = await desk.service("email", form(mail, port=9))
    await desk.happen()
    await desk.attempt(await desk.line(channel))
    assert (await desk.line(channel)).status == "retrying"


async def test_a_mail_goes_through_a_connection_with_its_password(
    desk: Desk, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The operator has opened loopback, for connections too.
    kind = desk.core.part(Kinds).named("connection")
    monkeypatch.setattr(kind, "_policy", EgressPolicy.read(["127.0.0.0/8"]))
    linked = Linked(desk.core, desk.tenant)
    config = {
        "type": "smtp",
        "host": "127.0.0.1",
        "port": mail.port,
        "security": "none",
        "user": mail.user,
        "password": await linked.secret("mail", mail.password),
    }
    key = await linked.publish("Mail server", config)
    asked = {"connection": key, "sender": "opsloom@example.com", "to": ["ops@example.com"]}
    channel = await desk.service("email", asked, language="ko")
    await desk.happen()
    await desk.attempt(await desk.line(channel))
    line = await desk.line(channel)
    assert line.status == "sent", [each.error for each in await desk.tries(line)]
    [raw] = mail.mails
    text = email.message_from_string(raw, policy=default).get_content()
    assert "/acknowledge#token=" in text
    assert mail.password not in raw
    assert [said for said in mail.heard if said.startswith("RCPT")] == ["RCPT TO:<ops@example.com>"]
