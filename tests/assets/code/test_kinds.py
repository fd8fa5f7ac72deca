"""Content of every kind of the product, made up from its schema, through a file and back: the same to the hash."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from pydantic import ValidationError
from schemathesis import GenerationMode

from opsloom.assets.code.canonical import fingerprint
from opsloom.assets.code.document import Header, read_files, write
from opsloom.assets.code.errors import FilesInvalid
from opsloom.assets.content import source_hash
from opsloom.assets.kinds import Kind, Kinds
from opsloom.document import management_app

KINDS: Kinds = management_app().state.core.part(Kinds)
EXAMPLES = 60


def tame_template(value: dict[str, Any]) -> dict[str, Any]:
    """Names and paths have forms that its schema does not tell."""
    manifest = value["manifest"] | {"name": "probe", "version": "1.0", "parameters": {"title": "made up"}}
    return {"manifest": manifest, "files": {f"rule/r{n}.yaml": text for n, text in enumerate(value["files"].values())}}


TAME = {"template": tame_template}


def made_up(kind: Kind) -> list[dict[str, Any]]:
    """Values that the JSON Schema of the kind's content allows."""
    schema = kind.model.model_json_schema(ref_template="#/components/schemas/{model}")
    parts = schema.pop("$defs", {})
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    operation = {"requestBody": body, "responses": {"200": {"description": "ok"}}}
    document = {"openapi": "3.1.0", "info": {"title": "kinds", "version": "1"}, "paths": {"/k": {"post": operation}}}
    described = schemathesis.openapi.from_dict({**document, "components": {"schemas": parts}})["/k"]["POST"]
    found: list[dict[str, Any]] = []

    @seed(20)
    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=described.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def collect(case: Any) -> None:
        found.append(case.body)

    collect()
    return found


@pytest.mark.parametrize("kind", list(KINDS), ids=lambda kind: kind.name)
def test_made_up_content_survives_the_way_through_a_file(kind: Kind) -> None:
    header = Header(kind=kind.name, key="probe", name="탐침 #1", description="two\nlines", tags=["a"], content={})
    proved = 0
    for value in made_up(kind):
        try:
            content = kind.model.model_validate(TAME.get(kind.name, dict)(value))
        except ValidationError:  # the schema cannot say everything that the model checks
            continue
        text = write(kind, header, content)
        try:
            [file] = read_files({f"{kind.name}/probe.yaml": text}, KINDS)
        except FilesInvalid as error:
            # Made-up text may look like a secret, and made-up references like no key; nothing else may go wrong.
            codes = {flaw.code for flaw in error.flaws}
            assert codes <= {"literal_secret", "reference_invalid"}, (codes, text)
            continue
        assert file.hash == fingerprint(kind, content) == source_hash(kind, content.model_dump(mode="json"))
        assert file.stored == kind.model.model_validate(file.stored).model_dump(mode="json")
        assert file.text() == text
        proved += 1
    assert proved >= 5, f"only {proved} values of {kind.name} could be judged"
