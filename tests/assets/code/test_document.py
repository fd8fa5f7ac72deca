"""Files of assets: exact both ways for every kind of the product, flaws with their place, no secrets, no way out of the folder."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.code.worlds import Part, part_file, part_files, part_kinds
from opsloom.assets.code import document
from opsloom.assets.code.canonical import fingerprint, short
from opsloom.assets.code.document import Header, is_path, path_of, read_files, write
from opsloom.assets.code.errors import FilesInvalid, Flaw
from opsloom.assets.content import source_hash

KINDS = part_kinds()
PART = KINDS.named("part")


def flaws_of(files: dict[str, str]) -> list[Flaw]:
    with pytest.raises(FilesInvalid) as caught:
        read_files(files, KINDS)
    return caught.value.flaws


def header(key: str = "a", **more: Any) -> Header:
    return Header(kind="part", key=key, name=more.pop("name", "A"), content={}, **more)


def test_a_file_reads_and_writes_the_same() -> None:
    text = (
        "kind: part\nkey: a\nname: 부품 하나\ndescription: What it is for.\ntags:\n  - prod\n"
        "content:\n  uses:\n    - b\n  text: |\n    select 1\n    from x\n  level: 3\n"
    )
    [file] = read_files({"part/a.yaml": text}, KINDS)
    assert file.content == Part(uses=["b"], text="select 1\nfrom x\n", level=3)
    assert file.text() == text


def test_defaults_are_left_out_and_the_tag_of_a_union_is_not() -> None:
    content = Part.model_validate({"target": {"type": "webhook", "url": "https://x.example/"}, "level": 1})
    assert short(PART, content) == {"target": {"type": "webhook", "url": "https://x.example/"}}
    assert short(PART, Part()) == {}


def test_what_is_derived_is_neither_written_nor_read() -> None:
    published = Part(text="x", made="made of x")
    assert short(PART, published) == {"text": "x"}
    assert (
        fingerprint(PART, published)
        == fingerprint(PART, Part(text="x"))
        == source_hash(PART, published.model_dump(mode="json"))
    )
    [flaw] = flaws_of(part_files(a="{text: x, made: y}"))
    assert flaw.code == "derived_field"


def test_a_field_is_named_at_its_place() -> None:
    text = "kind: part\nkey: a\nname: A\ncontent:\n  level: high\n  target:\n    type: webhook\n    colour: red\n"
    found = {(flaw.line, flaw.column, flaw.code, flaw.pointer) for flaw in flaws_of({"part/a.yaml": text})}
    assert found == {
        (5, 10, "float_parsing", "/content/level"),
        (6, 3, "missing", "/content/target/url"),
        (8, 5, "extra_forbidden", "/content/target/colour"),
    }


@pytest.mark.parametrize(
    ("files", "code", "place"),
    [
        ({"part/a.yaml": "kind: pert\nkey: a\nname: A\ncontent: {}\n"}, "kind_unknown", (1, 7)),
        ({"part/a.yaml": "kind: part\nkey: B c\nname: A\ncontent: {}\n"}, "key_invalid", (2, 6)),
        ({"part/a.yaml": part_file("b")}, "path_differs", (2, 1)),
        ({"part/../part/a.yaml": part_file("a")}, "path_differs", (2, 1)),
        ({"/etc/part/a.yaml": part_file("a")}, "path_differs", (2, 1)),
        ({"part/a.yaml": part_file("../../etc/passwd")}, "key_invalid", (2, 6)),
        ({"part/a.yaml": "- kind: part\n"}, "not_a_mapping", (1, 1)),
        ({"part/a.yaml": "kind: part\nkey: a\ncontent: {}\n"}, "missing", (1, 1)),
        ({"part/a.yaml": part_file("a") + "extra: 1\n"}, "extra_forbidden", (5, 1)),
        ({"part/a.yaml": part_file("a", '{uses: ["Not A Key!"]}')}, "reference_invalid", (4, 18)),
    ],
)
def test_what_does_not_fit(files: dict[str, str], code: str, place: tuple[int, int]) -> None:
    assert [(flaw.code, (flaw.line, flaw.column)) for flaw in flaws_of(files)] == [(code, place)]


@pytest.mark.parametrize(
    "content",
    [
        "{text: 'postgresql://app:hunter2@db/orders'}",
        "{text: 'Authorization: Bearer abcdefghijklmnopqrstuvwxyz'}",
        "{text: '-----BEGIN RSA PRIVATE KEY-----'}",
        "{text: 'AKIAABCDEFGHIJKLMNOP'}",
        "{text: 'olk_" + "a" * 77 + "'}",
        "{target: {type: webhook, url: 'https://x.example', secret: 'hunter2'}}",
        "{target: {type: webhook, url: 'https://x.example', secret: {password: hunter2}}}",
        "{target: {type: webhook, url: 'https://x.example', secret: {secret: 'p@ss w0rd!'}}}",
    ],
)
def test_a_secret_as_it_is_is_refused_and_not_repeated(content: str) -> None:
    found = flaws_of(part_files(a=content))
    assert "literal_secret" in {flaw.code for flaw in found}
    assert not any(word in str(flaw) for flaw in found for word in ("hunter2", "abcdefghij", "p@ss"))


@pytest.mark.parametrize(
    "content",
    [
        "{target: {type: webhook, url: 'https://x.example', secret: {secret: orders-db/password}}}",
        "{text: 'https://user@x.example/path:with@signs'}",
        "{flags: {password: true, token: false}}",
        "{text: 'the password is kept elsewhere'}",
    ],
)
def test_references_and_words_are_no_secrets(content: str) -> None:
    assert read_files(part_files(a=content), KINDS)


def test_every_file_is_judged_and_flaws_come_in_order() -> None:
    files = part_files(b="{level: x}", a="{level: y}", c="{}") | {"part/d.yaml": "a: [\n"}
    assert [flaw.file for flaw in flaws_of(files)] == ["part/a.yaml", "part/b.yaml", "part/d.yaml"]


def test_there_is_a_limit_on_all_files_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_VALUES", 30)
    files = {f"part/k{n}.yaml": part_file(f"k{n}", "{uses: [a, b, c, d, e]}") for n in range(9)}
    assert [(flaw.file, flaw.code) for flaw in flaws_of(files)] == [("part/k3.yaml", "too_large")]


@given(st.text(max_size=40) | st.from_regex(r"[a-z./\\]{1,20}", fullmatch=True))
def test_no_path_leads_out_of_its_folder(text: str) -> None:
    if is_path(text):
        folder, name = text.split("/")
        assert ".." not in {folder, name}
        assert "\\" not in text
        assert text == path_of(folder, name.removesuffix(".yaml"))


_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(
    st.builds(
        lambda text, level, flags, url: {"text": text, "level": level, "flags": flags, "target": url},
        _TEXT,
        st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**50), 2**50),
        st.dictionaries(_TEXT, st.booleans(), max_size=5),
        st.just({"type": "inside"}) | st.builds(lambda url: {"type": "webhook", "url": url}, _TEXT),
    ),
    st.text("abc 한글#:'\"", min_size=1, max_size=30).filter(str.strip),
)
def test_any_content_survives_the_way_through_a_file(content: dict[str, Any], name: str) -> None:
    made = Part.model_validate(content)
    text = write(PART, header(name=name, description=content["text"][:60]), made)
    try:
        [file] = read_files({"part/a.yaml": text}, KINDS)
    except FilesInvalid as error:  # made-up text may look like a secret; nothing else may go wrong
        assert {flaw.code for flaw in error.flaws} == {"literal_secret"}  # noqa: PT017
        return
    assert file.hash == fingerprint(PART, made)
    assert (file.header.name, file.header.description) == (name.strip(), content["text"][:60])
    assert file.text() == text
