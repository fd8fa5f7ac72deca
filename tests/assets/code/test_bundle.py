"""Bundles: manifest, parameters, placeholders, prefixes. Pure."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.code.worlds import Part, part_file, part_kinds
from opsloom.assets.code.bundle import MANIFEST, Filling, read_bundle, render
from opsloom.assets.code.document import AssetFile
from opsloom.assets.code.errors import FilesInvalid, ParametersRefused
from opsloom.assets.code.placeholders import PlaceholderInvalid, fill

KINDS = part_kinds()
HEAD = (
    "name: demo\nversion: 1.2.0\nparameters:\n  type: object\n  properties:\n"
    "    level: {type: number, default: 90, minimum: 0, maximum: 100}\n    word: {type: string, default: hello}\n"
    "    on: {type: boolean, default: true}\n    needed: {type: string}\n"
)


def made(files: dict[str, str], manifest: str = HEAD, prefix: str = "", **parameters: Any) -> dict[str, AssetFile]:
    found = render(read_bundle({MANIFEST: manifest, **files}), Filling(parameters, prefix), KINDS)
    return {file.header.key: file for file in found}


def content_of(file: AssetFile) -> Part:
    assert isinstance(file.content, Part)
    return file.content


def test_values_and_defaults_fill_placeholders() -> None:
    content = (
        '{level: "{{ params.level }}", flags: {on: "{{ params.on }}"}, '
        "text: \"above {{ params.level }} % {{ item }} {{ params.word & '!' }}\"}"
    )
    file = made({"part/a.yaml": part_file("a", content)}, level=75.5)["a"]
    assert content_of(file) == Part(level=75.5, text="above 75.5 % {{ item }} hello!", flags={"on": True})


def test_a_value_stays_a_value() -> None:
    evil = "x\nkey: other\ncontent: {level: 1} # }} {{ params.level }}"
    file = made({"part/a.yaml": part_file("a", '{text: "{{ params.word }}"}')}, word=evil)["a"]
    assert content_of(file) == Part(text=evil)
    assert file.ref == ("part", "a")


def test_a_prefix_gives_keys_of_their_own_and_links_follow() -> None:
    files = {
        "part/a.yaml": part_file(
            "a", '{uses: [b, outside], text: "{{ bundle.prefix }}/{{ bundle.version }}"}', "Part A"
        ),
        "part/b.yaml": part_file("b", "{}", "Part B"),
    }
    plain, twin = made(files), made(files, prefix="eu")
    assert sorted(plain) == ["a", "b"]
    assert sorted(twin) == ["eu-a", "eu-b"]
    assert content_of(plain["a"]).uses == ["b", "outside"]
    assert content_of(twin["eu-a"]) == Part(uses=["eu-b", "outside"], text="eu/1.2.0")
    assert twin["eu-a"].header.name == "Part A (eu)"


@pytest.mark.parametrize(
    ("given_values", "pointer"),
    [({"level": 200}, "/level"), ({"level": "high"}, "/level"), ({"other": 1}, "/other")],
)
def test_values_must_fit_their_parameters(given_values: dict[str, Any], pointer: str) -> None:
    with pytest.raises(ParametersRefused) as caught:
        made({"part/a.yaml": part_file("a")}, **given_values)
    assert [detail.pointer for detail in caught.value.details] == [pointer]


def test_a_placeholder_without_a_value_has_its_place() -> None:
    with pytest.raises(FilesInvalid) as caught:
        made({"part/a.yaml": part_file("a", '{text: "{{ params.needed }}"}')})
    [flaw] = caught.value.flaws
    assert (flaw.file, flaw.line, flaw.column, flaw.code) == ("part/a.yaml", 4, 17, "placeholder_invalid")


def test_a_value_that_does_not_fit_the_content_has_its_place() -> None:
    with pytest.raises(FilesInvalid) as caught:
        made({"part/a.yaml": part_file("a", '{level: "{{ params.word }}"}')})
    [flaw] = caught.value.flaws
    assert (flaw.file, flaw.line, flaw.pointer) == ("part/a.yaml", 4, "/content/level")


@pytest.mark.parametrize(
    ("manifest", "files", "words"),
    [
        ("version: 1\n", {"part/a.yaml": part_file("a")}, "name"),
        ("name: Demo Bundle\n", {"part/a.yaml": part_file("a")}, "lower case"),
        ("name: demo\nversion: newest\n", {"part/a.yaml": part_file("a")}, "version"),
        ("name: demo\nversion: '1'\nparameters: {type: 5}\n", {"part/a.yaml": part_file("a")}, "object"),
        ("name: demo\nparameters: {properties: 5}\n", {"part/a.yaml": part_file("a")}, "JSON Schema"),
        ("name: demo\nparameters: {$ref: 'http://127.0.0.1:9/x'}\n", {"part/a.yaml": part_file("a")}, "JSON Schema"),
        ("name: demo\nfiles: [part/b.yaml]\n", {"part/a.yaml": part_file("a")}, "no file part/b.yaml"),
        ("name: demo\nfiles: [../a.yaml]\n", {"../a.yaml": part_file("a")}, "<kind>/<key>.yaml"),
        ("name: demo\n", {}, "no assets"),
        ("name: demo\nname: again\n", {"part/a.yaml": part_file("a")}, "there already"),
    ],
)
def test_manifests_that_cannot_be_used(manifest: str, files: dict[str, str], words: str) -> None:
    with pytest.raises(FilesInvalid) as caught:
        read_bundle({MANIFEST: manifest, **files})
    assert words in str(caught.value.flaws[0])


@pytest.mark.parametrize(
    "expression",
    [
        "params.a ~> |$|{}|",
        "[1..10000000] & params.a",
        "$pad(params.a, 1000000000)",
        "(function($x){$x($x)})(params.a)",
        "$map(params.a, $string)",
        "$eval(params.a)",
        "$x := params.a",
        "params.**",
        "params.*",
        "params.a[$ = /x/]",
        "$now() & params.a",
        "params.a &",
        "(" * 200 + "params.a" + ")" * 200,
        "params.a" + " & params.a" * 100,
    ],
)
def test_expressions_that_could_run_away_are_refused(expression: str) -> None:
    with pytest.raises(PlaceholderInvalid):
        fill(f"{{{{ {expression} }}}}", {"params": {"a": "x"}})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{{ params.n }}", 5),
        ("{{ params.n * 2 + 1 }}", 11),
        ("{{ params.n > 3 ? 'many' : 'few' }}", "many"),
        ("{{ params.missing ?? 'none' }}", "none"),
        ("{{ $uppercase(params.s) }} and {{ item }}", "WORD and {{ item }}"),
        ("{{ params.list }}", [1, 2]),
        ("{{ params.no }}", False),
        ("{{ attrs.params.n }}", "{{ attrs.params.n }}"),
        ("no placeholder", "no placeholder"),
    ],
)
def test_what_placeholders_give(text: str, value: Any) -> None:
    assert fill(text, {"params": {"n": 5, "s": "word", "list": [1, 2], "no": False}}) == value


@given(st.text(max_size=60))
def test_no_expression_crashes(expression: str) -> None:
    with contextlib.suppress(PlaceholderInvalid):
        fill("{{ params.a " + expression + " }}", {"params": {"a": "x"}})
