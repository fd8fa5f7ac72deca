"""Templates: where expressions begin and end, and what values become in text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloom.apis.engines.http.request import Request
from opsloom.apis.errors import ValueRefused
from opsloom.apis.logic import HttpLogic
from opsloom.kit import template


@pytest.mark.parametrize(
    ("text", "expressions"),
    [
        ("plain", ()),
        ("{{ host }}", ("host",)),
        ("/hosts/{{host}}/x/{{ n }}", ("host", "n")),
        ('{{ {"a": {"b": 1}} }}', ('{"a": {"b": 1}}',)),
        ("{{ $join(['}}', host]) }}!", ("$join(['}}', host])",)),
        ('{{ "a\\"}}" & b }}', ('"a\\"}}" & b',)),
        ("a { b } c", ()),
    ],
)
def test_expressions_are_found(text: str, expressions: tuple[str, ...]) -> None:
    assert template.read(text).expressions == expressions


def test_an_open_template_says_where() -> None:
    with pytest.raises(template.Unclosed) as caught:
        template.read("a\nbc {{ x")
    assert (caught.value.line, caught.value.column) == (2, 4)


def test_the_place_of_an_expression_is_told() -> None:
    assert template.read("x\n  {{  a }}{{b}}").starts == ((2, 7), (2, 13))


@given(st.text(), st.lists(st.tuples(st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.text())))
def test_reading_loses_nothing(first: str, rest: list[tuple[str, str]]) -> None:
    clean = [part.replace("{", "").replace("}", "") for part in (first, *(text for _, text in rest))]
    source = clean[0] + "".join(f"{{{{{name}}}}}{text}" for (name, _), text in zip(rest, clean[1:], strict=True))
    read = template.read(source)
    assert read.expressions == tuple(name for name, _ in rest)
    assert list(read.pieces[::2]) == clean


def test_one_expression_keeps_its_type_and_text_does_not() -> None:
    assert template.read("{{ n }}").fill({"n": 3}) == 3
    assert template.read("n={{ n }}").fill({"n": 3}) == "n=3"
    assert template.read("{{ a }}{{ b }}").fill({"a": None, "b": [1, "x"]}) == '[1,"x"]'


def _request(**logic: object) -> Request:
    return Request(HttpLogic.model_validate({"connection": "c", "path": "/", **logic}))


def test_a_value_in_a_path_opens_no_other_path() -> None:
    call = _request(path="/hosts/{{ h }}").fill({"h": "../../admin?x=1#y/é"})
    assert call.path == "/hosts/..%2F..%2Fadmin%3Fx%3D1%23y%2F%C3%A9"


@pytest.mark.parametrize("value", [None, "", [], {}])
def test_a_path_without_a_value_is_refused(value: object) -> None:
    with pytest.raises(ValueRefused):
        _request(path="/hosts/{{ h }}").fill({"h": value})


def test_what_is_not_given_is_left_out() -> None:
    body = {"name": "{{ a }}", "tag": "{{ b }}", "list": ["{{ b }}", 1], "text": "b={{ b }}"}
    request = _request(method="POST", query={"q": "{{ b }}", "n": "{{ n }}"}, headers={"X-B": "{{ b }}"}, body=body)
    call = request.fill({"a": "x", "b": None, "n": [1, None, 2]})
    assert call.query == {"n": ["1", "2"]}
    assert "X-B" not in call.headers
    assert call.body == b'{"name":"x","list":[1],"text":"b="}'


def test_forms_and_text() -> None:
    form = _request(method="POST", body={"a": "{{ a }}", "l": "{{ l }}"}, body_type="form").fill(
        {"a": "x y", "l": [1, 2]}
    )
    assert (form.body, form.headers["content-type"]) == (b"a=x+y&l=1&l=2", "application/x-www-form-urlencoded")
    text = _request(method="POST", body="hello {{ a }}", body_type="text").fill({"a": "x"})
    assert text.body == b"hello x"
