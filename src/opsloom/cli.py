"""The `opsloom` command. Each command reads the settings, does one thing and says in a sentence what went wrong."""

import gc
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from opsloom import __version__, cli_code, cli_golden, cli_people, cli_rules, cli_secrets
from opsloom.settings import LogFormat, ServeRole, Settings, SettingsInvalid, load_settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Opsloom: a self-hosted operations workbench.",
)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def _settings() -> Settings:
    try:
        return load_settings()
    except SettingsInvalid as error:
        err.print(f"[red]Opsloom cannot start with these settings:[/red]\n{error}", soft_wrap=True)
        raise typer.Exit(2) from None


@contextmanager
def _explained() -> Iterator[None]:
    """Turn expected failures into one sentence and an exit code."""
    from psycopg import OperationalError

    from opsloom.infra.db.embedded import EmbeddedFailed
    from opsloom.infra.db.reach import NotUsable
    from opsloom.infra.db.schema import MigrationFailed
    from opsloom.kit.errors import OpsloomError
    from opsloom.server import StartRefused

    try:
        yield
    except (EmbeddedFailed, MigrationFailed, NotUsable, StartRefused) as error:
        err.print(f"[red]{escape(str(error))}[/red]", soft_wrap=True)
        raise typer.Exit(1) from None
    except OpsloomError as error:
        err.print(f"[red]{error.message}[/red] {error.hint or ''}", soft_wrap=True)
        raise typer.Exit(1) from None
    except OperationalError as error:
        cause = str(error).strip().splitlines()[0]
        err.print(f"[red]The database cannot be reached:[/red] {cause}. Check OPSLOOM_DATABASE_URL.", soft_wrap=True)
        raise typer.Exit(1) from None


@contextmanager
def _uncollected() -> Iterator[None]:
    """Import without the garbage collector. What modules make lives as long as the process; looking through it again and again
    takes a quarter of a start, so it is not looked through, now or later."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@app.command()
def version() -> None:
    """Print the version."""
    out.print(__version__)


@app.command()
def serve(
    role: Annotated[ServeRole, typer.Option(help="Which share of the work this process takes.")] = ServeRole.ALL,
    host: Annotated[str | None, typer.Option(help="Overrides OPSLOOM_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Overrides OPSLOOM_PORT.")] = None,
    detach: Annotated[bool, typer.Option(help="Start in the background and return once it is ready.")] = False,
) -> None:
    """Start the server (and the embedded PostgreSQL, unless OPSLOOM_DATABASE_URL is set)."""
    _override(host, port)
    settings = _settings()
    if detach:
        _start_detached(settings, role)
        return
    with _uncollected():
        from opsloom.server import serve as run
    with _explained():
        run(settings, role, _announce)


@app.command()
def demo(
    tenant: Annotated[str | None, typer.Option(help="Slug of the tenant; may be left out when there is one.")] = None,
    days: Annotated[int, typer.Option(min=1, max=30, help="Days of history.")] = 30,
    small: Annotated[bool, typer.Option("--small", help="A sample each half hour and few events: in seconds.")] = False,
    live: Annotated[
        bool | None, typer.Option("--live/--still", help="Let the present go on (while a worker runs), or stop it.")
    ] = None,
) -> None:
    """Put a made-up company into a tenant, to try things on; a second run changes nothing but the feed."""
    from opsloom.demo import load_demo, switch_feed
    from opsloom.inventory.demo.world import FULL, SMALL
    from opsloom.people import with_core

    settings = _settings()
    with _explained():
        if live is not False:
            size = SMALL if small else FULL
            out.print(with_core(settings, lambda core: load_demo(core, tenant, days, size)))
        if live is not None:
            out.print(with_core(settings, lambda core: switch_feed(core, tenant, live)))


def _override(host: str | None, port: int | None) -> None:
    from opsloom.settings import override_environment

    override_environment(host=host, port=port)


def _announce(line: str) -> None:
    out.print(line, soft_wrap=True)
    sys.stdout.flush()


def _start_detached(settings: Settings, role: ServeRole) -> None:
    pid_file, log_file = _run_files(settings)
    running = _running_pid(pid_file)
    if running is not None:
        out.print(f"Opsloom is already running (process {running}) on {settings.origin}")
        return
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with log_file.open("ab") as log:
        begin = log.tell()
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "opsloom", "serve", "--role", role],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    pid_file.write_text(str(process.pid))
    _wait_until_ready(settings, process, log_file, begin)


def _wait_until_ready(settings: Settings, process: "subprocess.Popen[bytes]", log_file: Path, begin: int) -> None:
    import urllib.request

    address = f"http://{settings.host}:{settings.port}/readyz"
    end = time.monotonic() + 90
    while time.monotonic() < end:
        if process.poll() is not None:
            _show_plain_lines(log_file, begin)
            err.print(f"[red]Opsloom stopped while starting (exit {process.returncode}).[/red] See {log_file}")
            raise typer.Exit(1)
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    break
        except OSError:
            time.sleep(0.05)
    else:
        err.print(f"[red]Opsloom does not become ready.[/red] See {log_file} and `opsloom doctor`.")
        raise typer.Exit(1)
    _show_plain_lines(log_file, begin)
    out.print(f"Opsloom is ready on [bold]{settings.origin}[/bold]  (log: {log_file})", soft_wrap=True)


def _show_plain_lines(log_file: Path, begin: int) -> None:
    """Show what the server said to people; its structured log stays in the file."""
    with log_file.open("rb") as log:
        log.seek(begin)
        for raw in log.read().decode(errors="replace").splitlines():
            if raw and not raw.startswith("{"):
                out.print(raw, soft_wrap=True, markup=False)


@app.command()
def stop() -> None:
    """Stop a server that was started with `serve --detach`."""
    settings = _settings()
    pid_file, _ = _run_files(settings)
    pid = _running_pid(pid_file)
    if pid is None:
        out.print("Opsloom is not running.")
        return
    os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + 25
    while time.monotonic() < end and _running_pid(pid_file) is not None:
        time.sleep(0.05)
    if _running_pid(pid_file) is not None:
        err.print(f"[red]Process {pid} does not end; look at it before you kill it.[/red]")
        raise typer.Exit(1)
    pid_file.unlink(missing_ok=True)
    out.print("Opsloom has stopped.")


def _run_files(settings: Settings) -> tuple[Path, Path]:
    return settings.data_dir / "opsloom.pid", settings.data_dir / "opsloom.log"


def _running_pid(pid_file: Path) -> int | None:
    """The pid in the file if that process lives and is a server of ours."""
    try:
        pid = int(pid_file.read_text())
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[-1].split()[0]
    except (OSError, ValueError):
        return None
    return pid if "opsloom" in command and "serve" in command and state != "Z" else None


@app.command()
def migrate() -> None:
    """Bring the database's schema to this program's version; all steps or none."""
    from opsloom.operations import migrate_database

    settings = _settings()
    _quiet_logs(settings)
    with _explained():
        out.print(migrate_database(settings))


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print findings as JSON.")] = False) -> None:
    """Check roles, row security, schema, audit chain, sandbox, disk and clock; say what to fix."""
    from opsloom.doctor import examine

    settings = _settings()
    _quiet_logs(settings)
    with _explained():
        report = examine(settings)
    if as_json:
        typer.echo(json.dumps(report.as_dict(), indent=2, ensure_ascii=False))
    else:
        for check in report.checks:
            mark = {"ok": "[green]ok  [/green]", "warn": "[yellow]warn[/yellow]", "fail": "[red]FAIL[/red]"}[
                check.status
            ]
            out.print(
                f"{mark} {check.name}: {check.detail}" + (f"\n     → {check.fix}" if check.fix else ""), soft_wrap=True
            )
    if report.failed:
        raise typer.Exit(1)


@app.command()
def hardening() -> None:
    """Print the SQL that a superuser of an external database runs once: it takes from users' SQL what it must not call."""
    from opsloom.infra.db.hardening import STATEMENTS

    typer.echo(STATEMENTS)


@app.command()
def backup(target: Annotated[Path, typer.Argument(help="File to write, e.g. opsloom.dump")]) -> None:
    """Write the whole database and the master key into one file (keep it secret)."""
    from opsloom.operations import back_up

    settings = _settings()
    _quiet_logs(settings)
    with _explained():
        out.print(back_up(settings, target))


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(help="A file that `opsloom backup` wrote.")],
    yes: Annotated[bool, typer.Option("--yes", help="Replace what is there without asking.")] = False,
) -> None:
    """Replace the database by a backup. The server must be stopped."""
    from opsloom.operations import restore_backup

    settings = _settings()
    _quiet_logs(settings)
    if _running_pid(_run_files(settings)[0]) is not None:
        err.print("[red]Stop the server first: `make down` or `opsloom stop`.[/red]")
        raise typer.Exit(1)
    if not yes:
        typer.confirm("This replaces everything in the database. Go on?", abort=True)
    with _explained():
        out.print(restore_backup(settings, source))


def _quiet_logs(settings: Settings) -> None:
    from opsloom.infra.telemetry import set_up_logs

    set_up_logs("WARNING", json_lines=settings.log_format is LogFormat.JSON)


@app.command()
def openapi() -> None:
    """Print the management API's OpenAPI document."""
    from opsloom.document import management_document

    typer.echo(json.dumps(management_document(), indent=2, sort_keys=True, ensure_ascii=False))


cli_people.install(app, _settings, _explained)
cli_secrets.install(app, _settings, _explained)
cli_code.install(app)
cli_rules.install(app)
cli_golden.install(app)
