"""What deploy/ says fits the program: real settings, real ports, real paths. It is read here, not run (but see
test_container)."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from opsloom.infra.db.schema import MIGRATIONS
from opsloom.server import DRAIN_LIMIT_S
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


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze: apt-get install systemd")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    text = (DEPLOY / "opsloom.service").read_text(encoding="utf-8")
    installed = str(Path(sys.executable).parent / "opsloom")
    assert text.count("/opt/opsloom/.venv/bin/opsloom serve") == 1
    unit = tmp_path / "opsloom.service"
    unit.write_text(text.replace("/opt/opsloom/.venv/bin/opsloom", installed), encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_everybody_waits_longer_than_a_stop_takes() -> None:
    longest = DRAIN_LIMIT_S + 2
    unit = re.search(r"^TimeoutStopSec=(\d+)$", (DEPLOY / "opsloom.service").read_text(encoding="utf-8"), re.MULTILINE)
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    chart = (DEPLOY / "helm" / "opsloom" / "templates" / "statefulset.yaml").read_text(encoding="utf-8")
    grace = re.search(r"terminationGracePeriodSeconds: (\d+)", chart)
    assert unit is not None
    assert grace is not None
    stated = [int(unit[1]), int(compose["services"]["opsloom"]["stop_grace_period"].removesuffix("s")), int(grace[1])]
    assert min(stated) > longest


def test_the_chart_takes_only_values_that_it_has() -> None:
    values = yaml.safe_load((DEPLOY / "helm" / "opsloom" / "values.yaml").read_text(encoding="utf-8"))
    for path in (DEPLOY / "helm" / "opsloom" / "templates").glob("*.yaml"):
        for name in re.findall(r"\.Values\.([\w.]+)", path.read_text(encoding="utf-8")):
            found = values
            for part in name.split("."):
                assert part in found, f"{path.name} takes {name}"
                found = found[part]
