"""The container file's second stage, done by hand: exactly what it copies is copied, exactly what it installs of Opsloom is
installed, and its command is run with its environment. The packages are this environment's, the image is none."""

import re
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

import httpx2
import pytest

from fixtures.server import RunningServer
from opsloom.infra.db.schema import MIGRATIONS
from opsloom.settings import PREFIX

ROOT = MIGRATIONS.parent


@dataclass
class Stage:
    """What one stage of the file does."""

    copies: list[tuple[list[str], str]] = field(default_factory=list)
    from_others: list[tuple[list[str], str]] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    command: list[str] = field(default_factory=list)


def stages() -> list[Stage]:
    """The file, read."""
    text = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    found: list[Stage] = []
    for line in text.splitlines():
        word, _, rest = line.partition(" ")
        if word == "FROM":
            found.append(Stage())
        elif word == "COPY":
            options = [part for part in rest.split() if part.startswith("--")]
            *sources, target = [part for part in rest.split() if not part.startswith("--")]
            (found[-1].from_others if options else found[-1].copies).append((sources, target))
        elif word == "RUN":
            found[-1].runs.append(" ".join(rest.split()))
        elif word == "ENV":
            found[-1].environment |= dict(part.split("=", 1) for part in rest.split())
        elif word == "CMD":
            found[-1].command = re.findall(r'"([^"]*)"', rest)
    return found


def put(source: Path, target: Path) -> None:
    """COPY: the contents of a folder, or a file into a folder."""
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        target.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target / source.name)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`bin/` of an environment in which the image's Opsloom is installed."""
    app = tmp_path_factory.mktemp("image") / "app"
    last = stages()[-1]
    for sources, target in last.copies:
        for source in sources:
            put(ROOT / source, app / target)
    for _sources, target in last.from_others:  # the web stage's result, where it was built here too
        if (ROOT / target).exists():
            put(ROOT / target, app / target)
    (install,) = [run for run in last.runs if "-e ." in run]
    options = re.search(r"pip install (.*?) &&", install)
    assert options is not None
    venv = app.parent / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    site = next(venv.glob("lib/python*/site-packages"))
    # Packages as they are here, but not the editable Opsloom of this checkout: a plain entry runs no .pth files.
    (site / "packages.pth").write_text(sysconfig.get_path("purelib"))
    pip = [sys.executable, "-m", "pip", "--python", str(venv / "bin" / "python"), "install", "--ignore-installed"]
    subprocess.run([*pip, "--quiet", *options[1].split()], cwd=app, check=True)
    return venv / "bin"


def test_what_is_copied_serves(program: Path, tmp_path: Path) -> None:
    last = stages()[-1]
    assert {name.removeprefix(PREFIX) for name in last.environment} == {"DATA_DIR", "HOST", "ENV"}
    settings = last.environment | {
        "OPSLOOM_DATA_DIR": str(tmp_path / "data"),
        "OPSLOOM_PUBLIC_URL": "https://ops.example",
    }
    where = "import opsloom; print(opsloom.__file__)"
    found = subprocess.run([program / "python", "-c", where], check=True, capture_output=True, text=True, cwd=tmp_path)
    assert Path(found.stdout.strip()).is_relative_to(program.parent.parent / "app")
    server = RunningServer(tmp_path, program=(str(program / last.command[0]), *last.command[1:]), **settings)
    server.start()
    try:
        answer = httpx2.get(f"{server.url}/api/v1/me", timeout=30)
        assert answer.status_code == 401
        assert answer.headers["strict-transport-security"]
        assert httpx2.get(f"{server.url}{answer.json()['type']}", timeout=30).status_code == 200
        assert httpx2.get(f"{server.url}/", timeout=30).status_code == (
            200 if (ROOT / "web" / "dist").exists() else 404
        )
        assert server.sign_in()
    finally:
        assert server.stop() == 0


def test_the_build_sees_what_is_copied_and_nothing_else_of_the_checkout() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    let_in = {rule[1:] for rule in rules if rule.startswith("!")}
    kept_out = [rule for rule in rules[1:] if not rule.startswith("!")]
    copied = {source.rstrip("/") for stage in stages() for sources, _ in stage.copies for source in sources}
    assert {source if source in let_in else source.split("/")[0] for source in copied} == let_in
    assert not [source for source in copied for rule in kept_out if fnmatch(source, rule)]
