"""Names are linked to the item they mean, and never to one with another number."""

import re
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from opsloom.ask.language.entities import NameIndex, digits, link_codes, link_exact, link_near, squeeze
from opsloom.ask.language.normalise import normalise

SERVERS = [
    f"{kind}-{zone}-{number:02d}"
    for kind in ("web", "app", "pay-db")
    for zone in ("seoul", "busan")
    for number in range(1, 30)
]
IDS = {name: UUID(int=n + 1) for n, name in enumerate(SERVERS)}
INDEX = NameIndex((IDS[name], name, "server", (name, f"{name}.example")) for name in SERVERS)


def linked(text: str) -> list[tuple[str, ...]]:
    source = normalise(text)
    exact = link_exact(source.text, INDEX)
    near = link_codes(source.codes, [(one.start, one.end) for one in exact], INDEX)
    return [tuple(name for _id, name, _type in link.items) for link in (*exact, *near)]


def test_every_name_is_found_with_particles_and_in_any_case() -> None:
    for name in SERVERS:
        for text in (
            f"{name}의 CPU",
            f"cpu of {name.upper()}?",
            f"{name}에서는 어때",
            name.replace("-", "_"),
            f"({name})",
        ):
            assert linked(text) == [(name,)], text


@given(st.sampled_from(["web", "app", "pay-db"]), st.sampled_from(["seoul", "busan"]), st.integers(0, 9999))
def test_a_number_that_does_not_exist_is_never_linked(kind: str, zone: str, number: int) -> None:
    text = f"{kind}-{zone}-{number}"
    for items in linked(f"CPU of {text}"):
        for name in items:
            assert digits(name) == digits(text)
    if not 1 <= number < 30:
        assert not any(linked(text))


@settings(max_examples=400)
@given(st.sampled_from(SERVERS), st.data())
def test_whatever_is_mistyped_the_digits_stay(name: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(name) - 1))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789-"))
    mistyped = name[:place] + letter + name[place + data.draw(st.integers(0, 1)) :]
    for items in linked(mistyped):
        for found in items:
            assert digits(found) == digits(mistyped)


def test_most_typing_errors_are_still_found() -> None:
    """One letter left out of each name's letters: the item or a choice that holds it, hardly ever nothing."""
    tried = found = 0
    for name in SERVERS:
        for place in (match.start() for match in re.finditer("[a-z]", name)):
            mistyped = name[:place] + name[place + 1 :]
            link = link_near(mistyped, 0, INDEX)
            tried += 1
            found += link is not None and name in [item for _id, item, _type in link.items]
    assert found / tried > 0.95


def test_two_close_names_are_a_choice() -> None:
    index = NameIndex(
        [(UUID(int=1), "order-api", "service", ("order-api",)), (UUID(int=2), "order-app", "service", ("order-app",))]
    )
    link = link_near("order-apx", 0, index)
    assert link is not None
    assert {item for _id, item, _type in link.items} == {"order-api", "order-app"}


def test_the_longest_name_wins() -> None:
    index = NameIndex(
        [
            (UUID(int=1), "bm", "host", ("bm",)),
            (UUID(int=2), "bm /", "filesystem", ("bm /",)),
            (UUID(int=3), "bm vda", "disk", ("bm vda",)),
        ]
    )
    assert [link.items[0][1] for link in link_exact("bm vda usage", index)] == ["bm vda"]
    assert [link.items[0][1] for link in link_exact("bm / usage", index)] == ["bm /"]
    assert [link.items[0][1] for link in link_exact("bm의 CPU", index)] == ["bm"]


def test_words_of_the_vocabulary_are_no_names() -> None:
    index = NameIndex([(UUID(int=1), "cpu", "service", ("cpu", "서버", "database"))])
    assert link_exact("CPU of the database 서버", index) == []


@given(st.text(max_size=60))
def test_one_spelling_is_stable(text: str) -> None:
    assert squeeze(squeeze(text)) == squeeze(text)
    assert "--" not in squeeze("a--b")
