"""Every setting, route, error and kind of rule is in the documentation, and the documentation names no other."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from meta.operations import operations
from opsloom.infra.db.schema import MIGRATIONS
from opsloom.rules.document import RuleDocument
from opsloom.settings import Settings

ROOT = MIGRATIONS.parent
DOCS = ROOT / "docs"
LARGEST_PICTURE_BYTES = 120 * 1024
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])


def test_the_generated_parts_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "docs.py")], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("page", ["guide/settings.md", "guide/settings.ko.md", "../.env.example"])
def test_every_setting_is_described(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    named = {name.lower() for name in re.findall(r"^(?:#|\| `)OPSLOOM_([A-Z_]+)", text, re.MULTILINE)}
    assert named == set(Settings.model_fields)


def test_every_route_is_described() -> None:
    text = (DOCS / "reference" / "api.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `([A-Z]+) (/\S+)` \|", text, re.MULTILINE))
    assert named == {(each.method, each.path) for each in operations()}


def test_every_kind_of_rule_is_described() -> None:
    text = (DOCS / "guide" / "rules.md").read_text(encoding="utf-8")
    described = set(re.findall(r"^## `(\w+)`", text, re.MULTILINE))
    assert described == set(RuleDocument.model_json_schema()["discriminator"]["mapping"])


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_inside_the_repository_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (page.parent / target).exists(), f"{page.name} points at {target}"


def test_every_picture_of_the_guide_is_shown_and_small() -> None:
    shown = {
        (page.parent / target).resolve()
        for page in (DOCS / "guide").glob("*.md")
        for target in re.findall(r"!\[[^\]]+\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    }
    kept = {each.resolve() for each in (DOCS / "guide" / "images").iterdir()}
    assert shown == kept
    assert not [each.name for each in kept if each.stat().st_size > LARGEST_PICTURE_BYTES]


def test_guides_exist_in_both_languages() -> None:
    english = {path.name for path in (DOCS / "guide").glob("*.md") if not path.name.endswith(".ko.md")}
    korean = {path.name.replace(".ko.md", ".md") for path in (DOCS / "guide").glob("*.ko.md")}
    assert english == korean
