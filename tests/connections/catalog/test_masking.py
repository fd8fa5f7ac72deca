"""What looks private is not shown; what is plain is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloom.connections.catalog.facts import MaskReason
from opsloom.connections.catalog.masking import by_name, by_values, reason_to_mask

PRIVATE = [
    "kim@example.com", "write to <kim.lee+x@mail.example.co.kr> today", "4111 1111 1111 1111", "card 5500-0000-0000-0004.",
    4111111111111111, "900101-1234567", "010-1234-5678", "01012345678", "+82 10 1234 5678", "+821012345678", "02-123-4567",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "ghp_abcdefghijklmnop", "sk-live-abcdefgh12345", "AKIAIOSFODNN7EXAMPLE",
    "Bearer abcdef123456", "https://user:secret@host/db", '{"password": "x"}', "pwd=hunter2", "$2b$12$abcdefghijk",
    "-----BEGIN RSA PRIVATE KEY-----", "d41d8cd98f00b204e9800998ecf8427e", "aZ3kQ9xLm2Pq7RtV8wYb1NcD", "123-45-6789",
    "GB82 WEST 1234 5698 7654 32",
]  # fmt: skip
PLAIN = [
    None, True, 0, 42, 3.14, 1234567890123, "", "Seoul", "pay-db-01", "2026-01-02T03:04:05+00:00", "19.90", "주문 완료",
    "0198c0de-0000-7000-8000-00000000dead", "a sentence with many words, none of them secret", "v1.2.3-rc4", "10.20.30.40",
    "checkout_service_latency_p99_seconds", "ORDER-2026-000123", "1234-5678", "Asia/Seoul", "0.1.2", 20260102,
    1767312000000, 1767312000000000,
]  # fmt: skip
PRIVATE_NAMES = [
    "password", "user_password", "passwd", "PWD", "apiKey", "API_KEY", "access_token", "refreshToken", "email", "EMAIL_ADDR",
    "e_mail", "phone", "mobileNo", "homeAddress", "birth_date", "ssn", "first_name", "lastName", "card_no", "creditLimit",
    "iban", "salary", "비밀번호", "고객_이메일", "휴대폰번호", "주민등록번호", "secret", "session_id", "salt", "cvv",
]  # fmt: skip
PLAIN_NAMES = [
    "id", "name", "total", "created_at", "status", "host", "hotel", "spinning", "trace", "description", "주문번호", "수량",
    "category", "region", "pinned", "salted_fish_count", "microseconds",
]  # fmt: skip


@pytest.mark.parametrize("value", PRIVATE, ids=str)
def test_private_values(value: str | int) -> None:
    assert by_values([None, "plain", value])


@pytest.mark.parametrize("value", PLAIN, ids=str)
def test_plain_values(value: str | float | None) -> None:
    assert not by_values([value])


@pytest.mark.parametrize("name", PRIVATE_NAMES)
def test_private_names(name: str) -> None:
    assert by_name(name)


@pytest.mark.parametrize("name", PLAIN_NAMES)
def test_plain_names(name: str) -> None:
    assert not by_name(name)


@pytest.mark.parametrize(
    ("mask", "hidden"),
    [("total", True), ("TOTAL", True), ("orders.total", True), ("sales.orders.*", True), ("tot*", True), ("items.total", False),
     ("orders", False), ("other.orders.total", False)],
)  # fmt: skip
def test_declared_masks(mask: str, hidden: bool) -> None:
    found = reason_to_mask([mask], "sales", "orders", "total")
    assert found == (MaskReason.DECLARED if hidden else None)


def test_a_declaration_is_told_before_a_name() -> None:
    assert reason_to_mask(["email"], "s", "t", "email") is MaskReason.DECLARED
    assert reason_to_mask([], "s", "t", "email") is MaskReason.NAME


@given(st.text(max_size=60), st.emails(), st.text(max_size=60))
def test_an_address_is_found_wherever_it_stands(before: str, address: str, after: str) -> None:
    assert by_values([before + address + after])


@given(st.one_of(st.text(max_size=500), st.integers(), st.floats(), st.none(), st.booleans()))
def test_any_value_can_be_judged(value: str | float | None) -> None:
    assert by_values([value]) in (True, False)
