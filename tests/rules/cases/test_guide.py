"""Every example of the guide is a file of cases, and passes."""

import re
from pathlib import Path

import pytest

from opsloom.rules.cases.files import load
from opsloom.rules.document import RuleDocument

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "guide"
KINDS = sorted(RuleDocument.model_json_schema()["discriminator"]["mapping"])


@pytest.mark.parametrize("page", ["rules.md", "rules.ko.md"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_example_of_a_kind_passes(kind: str, page: str, tmp_path: Path) -> None:
    _, _, section = (GUIDE / page).read_text(encoding="utf-8").partition(f"## `{kind}`")
    example = re.search(r"```yaml\n(.*?)```", section.split("\n## ")[0], re.DOTALL)
    assert example is not None
    file = tmp_path / f"{kind}.test.yaml"
    file.write_text(example[1], encoding="utf-8")
    loaded = load(file)
    assert loaded.rule.rule.kind == kind
    for case, outcome in loaded.play():
        assert outcome.passed, (case.name, outcome.differences, outcome.failed)
