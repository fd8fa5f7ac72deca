"""The outgoing client against servers that hang, lie, flood and redirect."""

import asyncio
import gzip
import ipaddress
import socket
import ssl
import tracemalloc
import zlib
from collections.abc import AsyncIterator
from ipaddress import ip_address
from pathlib import Path

import httpx2
import pytest
from cryptography import x509

from fakes.receiver import Receiver, answers, drips, floods, hangs, raw, resets
from fixtures.certificates import certificate
from opsloom.infra.addresses import Address, EgressPolicy, EgressRefused
from opsloom.infra.http import CallLimits, Http, ResponseTooLarge, TooManyRedirects, read_url
from opsloom.infra.pinned import AnswerBroken, TlsFailed
from opsloom.kit.errors import ConnectionLost, DeadlinePassed, ExternalServiceFailed, InvalidInput
from opsloom.kit.resilience import deadline
from opsloom.kit.resilience.retry import RetryPolicy

QUICK = CallLimits(connect_s=2, read_s=0.05, total_s=5, max_bytes=1_000_000)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver().serving() as made:
        yield made


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    made = Http(EgressPolicy.read(["127.0.0.0/8"]))
    yield made
    await made.close()


async def test_a_plain_call(http: Http, receiver: Receiver) -> None:
    receiver.otherwise = answers(201, b'{"made": true}', x_from="shop")
    answer = await http.request("POST", receiver.url, headers={"X-Key": "k"}, content=b'{"a": 1}')
    assert (answer.status, answer.json(), answer.headers["x-from"]) == (201, {"made": True}, "shop")
    assert answer.is_success
    [got] = receiver.received
    assert (got.method, got.path, got.body, got.headers["x-key"]) == ("POST", "/hook", b'{"a": 1}', "k")
    assert got.headers["user-agent"] == "opsloom"


async def test_connections_are_reused_but_nothing_is_remembered(http: Http, receiver: Receiver) -> None:
    receiver.otherwise = answers(200, b"", set_cookie="session=one-tenants; Path=/")
    for _ in range(3):
        await http.request("GET", receiver.url)
    assert receiver.connections == 1
    assert not any("cookie" in got.headers for got in receiver.received)


async def test_an_error_status_is_an_answer(http: Http, receiver: Receiver) -> None:
    receiver.otherwise = answers(500, b"broken")
    answer = await http.request("GET", receiver.url)
    assert (answer.status, answer.is_success, answer.body) == (500, False, b"broken")
    with pytest.raises(ExternalServiceFailed):
        answer.json()


async def test_loopback_is_refused_unless_allowed(receiver: Receiver) -> None:
    http = Http(EgressPolicy())
    for url in (receiver.url, f"http://localhost:{receiver.port}/"):
        with pytest.raises(EgressRefused):
            await http.request("GET", url)
    await http.close()
    assert receiver.connections == 0


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_", "unix:///run/x.sock", "example.com",
        "//example.com", "", "http://", "http:///path", "http://user:pass@example.com/", "http://user@example.com/",
        "http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/", "http://127.1/", "http://[::ffff:127.0.0.1",
        "http://[fe80::1%25eth0]/", "http://a b/", "http://example.com:0/", "http://example.com:99999/",
        "http://example.com:-1/", "http://①②⑦.0.0.1/", "http://localhost\\@example.com/", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_addresses_that_could_never_be_called_are_refused_early(url: str) -> None:
    with pytest.raises(InvalidInput):
        read_url(url)


async def test_a_silent_server_costs_the_read_limit_and_no_more(http: Http, receiver: Receiver) -> None:
    receiver.otherwise = hangs
    with pytest.raises(DeadlinePassed) as passed:
        await http.request("GET", receiver.url, limits=QUICK)
    assert passed.value.retryable


async def test_a_server_that_drips_is_cut_off_by_the_total_limit(http: Http, receiver: Receiver) -> None:
    receiver.otherwise = drips
    with pytest.raises(DeadlinePassed):
        await http.request("GET", receiver.url, limits=CallLimits(read_s=5, total_s=0.1))


async def test_the_callers_deadline_is_kept(http: Http, receiver: Receiver) -> None:
    receiver.otherwise = hangs
    with pytest.raises(DeadlinePassed):
        async with deadline.within(0.05):
            await http.request("GET", receiver.url, limits=CallLimits(read_s=600, total_s=600))


async def test_a_stalled_name_server_counts_against_the_connect_limit() -> None:
    async def never(_host: str, _port: int) -> list[Address]:
        await asyncio.Event().wait()
        return []

    http = Http(EgressPolicy(), resolver=never)
    with pytest.raises(DeadlinePassed):
        await http.request("GET", "http://slow-dns.example/", limits=CallLimits(connect_s=0.05))
    await http.close()


async def test_what_may_be_repeated_is_repeated_when_asked(http: Http, receiver: Receiver) -> None:
    quick = CallLimits(retry=RetryPolicy(attempts=3, base_s=0.001, max_s=0.002))
    receiver.script = [resets, raw(b"")]
    assert (await http.request("GET", receiver.url, limits=quick)).status == 200
    assert len(receiver.received) == 3
    receiver.script = [answers(500)]
    assert (await http.request("GET", receiver.url, limits=quick)).status == 500
    receiver.script = [resets]
    with pytest.raises((ConnectionLost, AnswerBroken)):
        await http.request("POST", receiver.url, limits=quick)
    assert len(receiver.received) == 5


async def test_an_unknown_name_is_a_lost_connection() -> None:
    http = Http(EgressPolicy())
    with pytest.raises(ConnectionLost):
        await http.request("GET", "http://does-not-exist.invalid/")
    await http.close()


async def test_a_reset_and_a_closed_port_are_lost_connections(http: Http, receiver: Receiver) -> None:
    receiver.otherwise = resets
    with pytest.raises((ConnectionLost, AnswerBroken)) as lost:
        await http.request("GET", receiver.url)
    assert lost.value.retryable
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        shut = free.getsockname()[1]
    with pytest.raises(ConnectionLost):
        await http.request("GET", f"http://127.0.0.1:{shut}/")


@pytest.mark.parametrize(
    "data",
    [
        b"", b"not http at all\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nfive!", b"HTTP/1.1 99999 No\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", b"HTTP/1.1 200 OK\r\nbroken header\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"x-long: " + b"y" * 200_000 + b"\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n", b"\x16\x03\x01\x00",
    ],
)  # fmt: skip
async def test_answers_that_are_not_http_are_told_apart(http: Http, receiver: Receiver, data: bytes) -> None:
    receiver.otherwise = raw(data)
    with pytest.raises((AnswerBroken, ConnectionLost)):
        await http.request("GET", receiver.url, limits=CallLimits(read_s=2))


async def test_an_endless_body_is_cut_off_while_it_streams(http: Http, receiver: Receiver) -> None:
    receiver.otherwise = floods()
    with pytest.raises(ResponseTooLarge):
        await http.request("GET", receiver.url, limits=CallLimits(max_bytes=100_000))
    assert receiver.flooded_bytes < 20_000_000


async def test_a_caller_who_wants_the_status_only_takes_the_beginning(http: Http, receiver: Receiver) -> None:
    receiver.otherwise = floods()
    answer = await http.request("GET", receiver.url, limits=CallLimits(max_bytes=1_000, cut=True))
    assert (answer.status, answer.body) == (200, b"x" * 1_000)


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
async def test_a_packed_answer_is_unpacked(http: Http, receiver: Receiver, encoding: str, pack) -> None:  # type: ignore[no-untyped-def]
    content = b"a small page " * 20_000
    receiver.otherwise = answers(200, pack(content), content_encoding=encoding)
    assert (await http.request("GET", receiver.url)).body == content


async def test_a_packed_bomb_is_cut_off_before_it_unfolds(http: Http, receiver: Receiver) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    receiver.otherwise = answers(200, bomb, content_encoding="gzip")
    tracemalloc.start()
    try:
        with pytest.raises(ResponseTooLarge):
            await http.request("GET", receiver.url, limits=CallLimits(max_bytes=1_000_000))
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 10_000_000


@pytest.mark.parametrize(
    ("encoding", "body"),
    [("gzip", b"no gzip"), ("br", b"x"), ("gzip", gzip.compress(b"x" * 99, mtime=0)[:-9])],
    ids=["no gzip", "unknown", "cut off"],
)
async def test_a_damaged_or_foreign_packing_is_an_error(
    http: Http, receiver: Receiver, encoding: str, body: bytes
) -> None:
    receiver.otherwise = answers(200, body, content_encoding=encoding)
    with pytest.raises(ExternalServiceFailed):
        await http.request("GET", receiver.url)


async def test_redirects_are_answers_unless_asked_for(http: Http, receiver: Receiver) -> None:
    receiver.otherwise = answers(302, b"", location="/elsewhere")
    answer = await http.request("GET", receiver.url)
    assert answer.status == 302
    assert len(receiver.received) == 1


async def test_redirects_are_followed_when_asked_for(http: Http, receiver: Receiver) -> None:
    receiver.script = [answers(303, b"", location="/done"), answers(200, b"there")]
    answer = await http.request("POST", receiver.url, content=b"form", limits=CallLimits(redirects=3))
    assert answer.body == b"there"
    assert [(got.method, got.path, got.body) for got in receiver.received] == [
        ("POST", "/hook", b"form"),
        ("GET", "/done", b""),
    ]


async def test_a_redirect_keeps_method_and_body_where_it_must(http: Http, receiver: Receiver) -> None:
    receiver.script = [answers(307, b"", location="/moved")]
    await http.request("PUT", receiver.url, content=b"doc", limits=CallLimits(redirects=3))
    assert [(got.method, got.body) for got in receiver.received] == [("PUT", b"doc"), ("PUT", b"doc")]


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://[::1]/", "http://[::ffff:10.0.0.1]/",
        "http://2130706433/", "http://0x7f.1/", "file:///etc/passwd", "gopher://example.com/", "http://192.168.0.1:22/",
    ],
)  # fmt: skip
async def test_every_hop_is_checked(http: Http, receiver: Receiver, location: str) -> None:
    receiver.otherwise = answers(302, b"", location=location)
    with pytest.raises(InvalidInput):
        await http.request("GET", receiver.url, limits=CallLimits(redirects=3))
    assert len(receiver.received) == 1


async def test_a_redirect_loop_ends(http: Http, receiver: Receiver) -> None:
    receiver.otherwise = answers(302, b"", location="/hook")
    with pytest.raises(TooManyRedirects):
        await http.request("GET", receiver.url, limits=CallLimits(redirects=4))
    assert len(receiver.received) == 5


async def test_credentials_do_not_follow_a_redirect_to_another_origin(http: Http, receiver: Receiver) -> None:
    async with Receiver().serving() as other:
        receiver.otherwise = answers(307, b"", location=other.url)
        await http.request(
            "GET",
            receiver.url,
            headers={"Authorization": "Bearer canary", "X-Api-Key": "canary", "Cookie": "canary", "Accept": "a/b"},
            limits=CallLimits(redirects=1),
        )
        [got] = other.received
    assert "canary" not in str(got.headers)
    assert got.headers["accept"] == "a/b"


async def test_a_name_that_changes_its_answer_gains_nothing(receiver: Receiver) -> None:
    """DNS rebinding: the answer that was checked is the one that is dialled, and the next connection is checked again."""
    replies = [["127.0.0.1"], ["127.0.0.2", "10.0.0.1"]]
    asked = 0

    async def rebinding(host: str, port: int) -> list[Address]:
        nonlocal asked
        assert (host, port) == ("rebind.example", receiver.port)
        asked += 1
        return [ip_address(text) for text in replies[min(asked, 2) - 1]]

    http = Http(EgressPolicy.read(["127.0.0.0/8"]), resolver=rebinding)
    url = f"http://rebind.example:{receiver.port}/"
    assert (await http.request("GET", url)).status == 200
    assert asked == 1
    assert receiver.received[0].headers["host"] == f"rebind.example:{receiver.port}"
    await http.close()
    with pytest.raises(EgressRefused):
        await http.request("GET", url)
    await http.close()
    assert receiver.connections == 1


async def test_the_next_address_is_tried_when_one_does_not_answer(receiver: Receiver) -> None:
    async def two(_host: str, _port: int) -> list[Address]:
        return [ip_address("127.0.0.9"), ip_address("127.0.0.1")]

    http = Http(EgressPolicy.read(["127.0.0.0/8"]), resolver=two)
    assert (await http.request("GET", f"http://shop.example:{receiver.port}/")).status == 200
    await http.close()


async def test_a_certificate_nobody_vouches_for_is_refused(http: Http, tmp_path: Path) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(*certificate(tmp_path, x509.IPAddress(ipaddress.IPv4Address("127.0.0.1"))))
    async with Receiver().serving(tls) as secure:
        with pytest.raises(TlsFailed) as failed:
            await http.request("GET", secure.url)
        assert not failed.value.retryable
        assert secure.received == []


async def test_tls_verifies_the_name_although_the_address_is_pinned(tmp_path: Path) -> None:
    async def here(_host: str, _port: int) -> list[Address]:
        return [ip_address("127.0.0.1")]

    cert_file, key_file = certificate(tmp_path, x509.DNSName("shop.example"))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(cert_file, key_file)
    trust = ssl.create_default_context(cafile=str(cert_file))
    http = Http(EgressPolicy.read(["127.0.0.0/8"]), resolver=here, ssl_context=trust)
    async with Receiver().serving(tls) as secure:
        assert (await http.request("GET", f"https://shop.example:{secure.port}/")).status == 200
        with pytest.raises(TlsFailed):
            await http.request("GET", f"https://other.example:{secure.port}/")
    await http.close()


async def test_plain_text_on_a_tls_address_is_told_apart(http: Http) -> None:
    async def speak_plainly(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(speak_plainly, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(TlsFailed):
            await http.request("GET", f"https://127.0.0.1:{port}/")


async def test_a_redirect_from_https_to_http_is_not_followed(tmp_path: Path, receiver: Receiver) -> None:
    cert_file, key_file = certificate(tmp_path, x509.IPAddress(ipaddress.IPv4Address("127.0.0.1")))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(cert_file, key_file)
    http = Http(EgressPolicy.read(["127.0.0.0/8"]), ssl_context=ssl.create_default_context(cafile=str(cert_file)))
    async with Receiver(otherwise=answers(302, b"", location=receiver.url)).serving(tls) as secure:
        with pytest.raises(TooManyRedirects):
            await http.request("GET", secure.url, limits=CallLimits(redirects=3))
    await http.close()
    assert receiver.received == []


@pytest.mark.parametrize("headers", [{"x-a": "b\r\nhost: evil"}, {"x a": "b"}, {"x-a": "b\x00"}, {"x-a": "한"}])
async def test_headers_cannot_smuggle(http: Http, receiver: Receiver, headers: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        await http.request("GET", receiver.url, headers=headers)
    assert receiver.received == []


async def test_a_library_with_its_own_client_goes_through_the_same_door(http: Http) -> None:
    async with httpx2.AsyncClient(transport=http.transport) as client:
        with pytest.raises(EgressRefused):
            await client.get("http://10.0.0.1/")
