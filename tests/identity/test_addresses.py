"""E-mail and network addresses in the one form they are compared in."""

import pytest

from opsloom.identity.addresses import account_key, network_key, normal_email


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("Ada@Example.COM", "ada@example.com"),
        ("  ada@example.com ", "ada@example.com"),
        ("ＡＤＡ@example.com", "ada@example.com"),
        ("STRASSE@example.com", "strasse@example.com"),
        ("관리자@예시.한국", "관리자@예시.한국"),
    ],
)
def test_one_address_has_one_form(typed: str, normal: str) -> None:
    assert normal_email(typed) == normal


@pytest.mark.parametrize(
    "typed", ["", "ada", "@example.com", "ada@", "a b@example.com", "a@b@c", "a\x00b@example.com", "a\x07@b.c"]
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="e-mail address"):
        normal_email(typed)


def test_attempts_on_an_account_are_counted_without_keeping_the_address() -> None:
    assert "ada" not in account_key("ada@example.com")
    assert account_key("ada@example.com") != account_key("bob@example.com")


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("unknown", "testclient", True),
    ],
)
def test_network_addresses_are_counted_by_who_holds_them(first: str, second: str, same: bool) -> None:
    assert (network_key(first) == network_key(second)) is same
