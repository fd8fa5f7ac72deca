"""Installs and builds what a `make` target needs, and only what changed since the last time.

Runs on the bare system Python, before any environment exists, so it uses the standard library alone. What was done is
remembered in `.make/` as a digest of its inputs; a step whose inputs are unchanged is skipped without a word.
"""

from __future__ import annotations  # an older Python must get as far as the sentence that says so

import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from glob import glob
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAMPS = ROOT / ".make"
VENV = ROOT / ".venv"
WEB = ROOT / "web"
CLIENT = WEB / "tools" / "openapi"
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = (20, 19)
SIGN_OF_LIFE_S = 8.0
DEBIAN_POSTGRES = "/usr/lib/postgresql/*/bin/initdb"  # Debian keeps versions side by side, off the path
MACHINE = {
    "chromium": "chromium",
    "redis-server": "redis-server",
    "fc-list": "fontconfig",
    "mariadb-install-db": "mariadb-server",  # the server itself is in a folder that is not on everybody's path
}
NODE_ADVICE = (
    "Node.js {}.{} or newer with npm builds the web app. Install it (Debian 13, Ubuntu 25.04 and later: "
    "`apt-get install nodejs npm`; elsewhere: https://nodejs.org/en/download) and run the command again."
).format(*OLDEST_NODE)


class NotPossible(Exception):
    """Something is missing that this program may not install by itself; the message says what to do."""


def main(targets: list[str]) -> int:
    """Prepare each named target; the exit code says whether all went well."""
    try:
        for target in targets:
            PLANS[target]()
    except NotPossible as error:
        say(f"\n{error}")
        return 1
    return 0


def up() -> None:
    """The server and the web app, side by side: one waits for Python's registry while the other waits for Node's."""
    together(server, web)


def test() -> None:
    """Everything the tests use."""
    machine()
    together(development, web, client)


def check() -> None:
    """Everything the gates use."""
    together(development, modules, client)


def server() -> None:
    """The Python environment with the locked packages and Opsloom itself."""
    if sys.version_info < OLDEST_PYTHON:
        raise NotPossible(
            "Opsloom needs Python {}.{} or newer; `{}` is {}. Install a newer one and run `make PYTHON=python3.12 …`.".format(
                *OLDEST_PYTHON, sys.executable, sys.version.split()[0]
            )
        )
    inputs = [ROOT / "requirements.txt", ROOT / "pyproject.toml"]
    once("server", digest(inputs, sys.version, str(ROOT)), install_server)


def install_server() -> None:
    """Create the environment if it is missing or of another Python, then install."""
    if not environment_fits():
        clear = ["--clear"] if VENV.exists() else []
        run("Creating the Python environment", [sys.executable, "-m", "venv", *clear, str(VENV)], advice=VENV_ADVICE)
    pip("Installing the locked Python packages", "--require-hashes", "-r", "requirements.txt")
    pip("Installing Opsloom itself", "--no-deps", "--no-build-isolation", "-e", ".")


VENV_ADVICE = "Python's `venv` is missing. Install it (Debian, Ubuntu: `apt-get install python3-venv`) and try again."


def environment_fits() -> bool:
    """Whether .venv exists here and runs the same Python version as this program."""
    python = VENV / "bin" / "python"
    if not python.exists():
        return False
    code = "import sys, pip; print(sys.prefix, '%d.%d' % sys.version_info[:2])"
    asked = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=False)
    return asked.stdout.split() == [str(VENV), "{}.{}".format(*sys.version_info[:2])]


def development() -> None:
    """What tests and checks need on top."""
    server()
    once("development", digest([ROOT / "requirements-dev.txt"], stamp_of("server")), install_development)


def install_development() -> None:
    """Install the locked development packages."""
    pip("Installing the locked development packages", "--require-hashes", "-r", "requirements-dev.txt")


def pip(title: str, *arguments: str) -> None:
    """Install without compiling ahead: Python compiles what is really imported, which is a small part."""
    run(title, [str(VENV / "bin" / "python"), "-m", "pip", "install", "--no-compile", "--disable-pip-version-check",
                "--progress-bar", "off", *arguments])  # fmt: skip


def modules() -> None:
    """The web app's packages."""
    once("modules", digest([WEB / "package-lock.json"], node_version()), lambda: npm_ci("web packages", WEB))


def client() -> None:
    """The generator of the typed client keeps its packages apart: it needs an older TypeScript."""
    once("client", digest([CLIENT / "package-lock.json"], node_version()), lambda: npm_ci("client generator", CLIENT))


def npm_ci(what: str, folder: Path) -> None:
    """Install exactly what the lock file names."""
    run(f"Installing the locked {what}", ["npm", "ci", "--no-fund", "--no-audit", "--loglevel=error"], folder)


def web() -> None:
    """The built web app."""
    sources = [
        WEB / name for name in ("index.html", "package.json", "package-lock.json", "vite.config.ts", "tsconfig.json")
    ]
    for folder in ("src", "public", "scripts"):
        sources += [path for path in sorted((WEB / folder).rglob("*")) if path.is_file()]
    wanted = digest(sources)
    if stamp_of("web") == wanted and (WEB / "dist" / "index.html").exists():
        return
    modules()
    once("web", wanted, lambda: run("Building the web app", ["npm", "run", "--silent", "build"], WEB))


def node_version() -> str:
    """The version of Node.js on this machine. Raises NotPossible when it is missing or too old."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise NotPossible(NODE_ADVICE)
    text = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    if tuple(int(part) for part in text.lstrip("v").split(".")[:2]) < OLDEST_NODE:
        raise NotPossible(f"Node.js {text} is too old. {NODE_ADVICE}")
    return text


def machine() -> None:
    """Programs the tests drive: Chromium with Korean glyphs, a Redis and a MariaDB of their own, a PostgreSQL that is not ours."""
    missing = [package for program, package in MACHINE.items() if shutil.which(program) is None]
    if shutil.which("fc-list") is None or not korean_glyphs():
        missing.append("fonts-noto-cjk")
    may_install = os.geteuid() == 0 and shutil.which("apt-get") is not None
    if may_install and not glob(DEBIAN_POSTGRES):  # its tests also run on the wheel's programs: nobody is held up by it
        missing.append("postgresql")
    if not missing:
        return
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
    if not may_install:
        raise NotPossible(
            f"The tests need these programs: {', '.join(missing)}. Install them (Debian, Ubuntu: "
            f"`sudo {' '.join(install)}`) and run the command again."
        )
    run("Reading Debian's package lists", ["apt-get", "update", "-qq"])
    run(f"Installing {', '.join(missing)}", ["env", "DEBIAN_FRONTEND=noninteractive", *install])


def korean_glyphs() -> bool:
    """Whether any installed font can write Korean."""
    asked = subprocess.run(["fc-list", ":lang=ko", "family"], capture_output=True, text=True, check=False)
    return bool(asked.stdout.strip())


def once(name: str, wanted: str, work: Callable[[], None]) -> None:
    """Do `work` unless it was done for exactly these inputs."""
    if stamp_of(name) == wanted:
        return
    work()
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / name).write_text(wanted)


def stamp_of(name: str) -> str:
    """The digest a step was last done for; empty if never or if what it made is gone."""
    made = {"server": VENV / "bin" / "opsloom", "development": VENV / "bin" / "pytest",
            "modules": WEB / "node_modules", "client": CLIENT / "node_modules"}  # fmt: skip
    stamp = STAMPS / name
    return stamp.read_text() if stamp.exists() and made.get(name, stamp).exists() else ""


def digest(paths: list[Path], *more: str) -> str:
    """Of the contents of files and of some words."""
    found = hashlib.sha256("\0".join(more).encode())
    for path in paths:
        found.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def together(*works: Callable[[], None]) -> None:
    """Run several side by side; the first failure is raised after all have ended."""
    with ThreadPoolExecutor(len(works)) as pool:
        running = [pool.submit(work) for work in works]
    for each in running:
        each.result()


def run(title: str, command: list[str], folder: Path = ROOT, advice: str = "") -> None:
    """Run one program, saying when it begins and ends and, now and then, what it is at. Its output shows on failure."""
    say(f"  {title} …")
    began = time.monotonic()
    process = subprocess.Popen(
        command, cwd=str(folder), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert process.stdout is not None
    lines: list[str] = []
    told = began
    for raw in process.stdout:
        lines.append(raw.decode(errors="replace").rstrip())
        if time.monotonic() - told > SIGN_OF_LIFE_S:
            told = time.monotonic()
            say(f"    … {lines[-1].strip()[:100]}")
    if process.wait() != 0:
        tail = "\n".join(lines[-40:])
        raise NotPossible(f"{title} failed (exit {process.returncode}):\n{tail}\n{advice}".rstrip())
    say(f"  {title}: done in {time.monotonic() - began:.1f} s")


_SPEAKING = threading.Lock()


def say(line: str) -> None:
    """Print one whole line, also from a thread."""
    with _SPEAKING:
        print(line, flush=True)


PLANS = {"up": up, "test": test, "check": check, "server": server, "development": development, "web": web}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
