"""What deploy/ says fits the program: real settings, real ports, real paths. It is read here, not run."""

import re
from pathlib import Path

import pytest
import yaml

from opsloom.infra.db.schema import MIGRATIONS
from opsloom.settings import PREFIX, Settings

DEPLOY = MIGRATIONS.parent / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(DEPLOY).as_posix())
def test_only_real_settings_are_named(path: Path) -> None:
    named = set(re.findall(rf"\b{PREFIX}([A-Z_]+)\b", path.read_text(encoding="utf-8")))
    assert {name.lower() for name in named} <= set(Settings.model_fields)


@pytest.mark.parametrize("name", ["compose.yaml", "helm/opsloom/Chart.yaml", "helm/opsloom/values.yaml"])
def test_it_is_yaml(name: str) -> None:
    assert isinstance(yaml.safe_load((DEPLOY / name).read_text(encoding="utf-8")), dict)


def test_templates_are_yaml_without_their_directives() -> None:
    for path in (DEPLOY / "helm" / "opsloom" / "templates").glob("*.yaml"):
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.strip().startswith("{{")]
        plain = re.sub(r"\{\{.*?\}\}", "x", "\n".join(lines))
        assert isinstance(yaml.safe_load(plain), dict), path.name


def test_copied_paths_exist() -> None:
    root = MIGRATIONS.parent
    for line in (DEPLOY / "Containerfile").read_text(encoding="utf-8").splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert (root / source).exists(), source
