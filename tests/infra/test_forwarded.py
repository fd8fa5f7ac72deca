"""Behind proxies: whose request it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message, Receive, Scope, Send

from opsloom.infra.forwarded import Forwarded
from opsloom.settings import SettingsInvalid, load_settings

OURS = ("10.0.0.0/8", "192.0.2.7", "2001:db8::/32")


async def seen(peer: str | None, *headers: str) -> object:
    """The client the application sees."""
    found: list[object] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        found.append(scope["client"])

    async def receive() -> Message:
        raise AssertionError

    async def send(_message: Message) -> None:
        raise AssertionError

    sent = [(b"x-forwarded-for", text.encode()) for text in headers]
    client = None if peer is None else (peer, 4711)
    await Forwarded(app, OURS)({"type": "http", "client": client, "headers": sent}, receive, send)
    (one,) = found
    return one[0] if isinstance(one, tuple) else one


@pytest.mark.parametrize(
    ("peer", "headers", "caller"),
    [
        ("198.51.100.1", ("203.0.113.9",), "198.51.100.1"),  # a stranger may say what he likes
        ("10.1.2.3", (), "10.1.2.3"),
        ("10.1.2.3", ("203.0.113.9",), "203.0.113.9"),
        ("10.1.2.3", ("1.1.1.1, 203.0.113.9",), "203.0.113.9"),  # the left one was in what the caller sent
        ("10.1.2.3", ("1.1.1.1", "203.0.113.9, 192.0.2.7"), "203.0.113.9"),
        ("10.1.2.3", ("10.9.9.9, 10.8.8.8",), "10.9.9.9"),
        ("10.1.2.3", ("203.0.113.9:5000",), "203.0.113.9"),
        ("10.1.2.3", ('"[2001:db9::1]:443"',), "2001:db9::1"),
        ("2001:db8::5", ("2001:db9::1",), "2001:db9::1"),
        ("10.1.2.3", ("203.0.113.9, unknown, 10.2.2.2",), "10.2.2.2"),
        ("10.1.2.3", (",".join(["10.0.0.1"] * 5000),), "10.0.0.1"),
        (None, ("203.0.113.9",), None),
    ],
)
async def test_the_nearest_address_that_is_not_ours_is_the_callers(
    peer: str | None, headers: tuple[str, ...], caller: str | None
) -> None:
    assert await seen(peer, *headers) == caller


@given(text=st.text(max_size=60))
async def test_whatever_is_said_an_address_comes_out(text: str) -> None:
    said = text.encode("latin-1", "ignore").decode("latin-1")
    assert str(await seen("10.1.2.3", said, "203.0.113.9")) == "203.0.113.9"


def test_a_wrong_network_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPSLOOM_TRUSTED_PROXIES", "10.0.0.0/8, proxy.example")
    with pytest.raises(SettingsInvalid, match=r"OPSLOOM_TRUSTED_PROXIES: “proxy\.example” is not an address"):
        load_settings()
