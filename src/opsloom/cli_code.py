"""`opsloom export`, `plan`, `apply`, `diff` and `validate`: assets as files, against a server or on their own.

Exit codes are for pipelines: 0 there is nothing to do (or it is done), 2 there are changes, 1 it did not work, a misspelt
command line included. What the commands need is imported when they run: a command line has to start at once.
"""

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from typer.core import TyperCommand

from opsloom.settings import SettingsInvalid, load_settings

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

CHANGES = 2
_READ_S = 900
_SIGNS = {
    "create": "[green]+[/green]",
    "update": "[yellow]~[/yellow]",
    "publish": "[cyan]^[/cyan]",
    "archive": "[red]-[/red]",
}
_DONE = {
    "create": "created",
    "update": "updated",
    "publish": "published",
    "archive": "archived",
    "unchanged": "unchanged",
}

Folder = Annotated[Path, typer.Argument(help="Folder with one file for each asset: KIND/KEY.yaml, or a bundle.")]
Url = Annotated[
    str | None, typer.Option("--url", envvar="OPSLOOM_URL", help="Address of the server. Default: this machine's.")
]
Key = Annotated[
    str | None, typer.Option("--key", envvar="OPSLOOM_API_KEY", help="API key; better in the environment than here.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the server's answer as JSON.")]
Publish = Annotated[bool, typer.Option("--publish", help="What the files say goes into force, not only into drafts.")]
Prune = Annotated[bool, typer.Option("--prune", help="Archive what these files brought once and no longer hold.")]
Source = Annotated[str, typer.Option("--source", help="Name of this set of files; --prune looks at no other.")]
Sets = Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A parameter of a bundle; repeat.")]
Prefix = Annotated[str, typer.Option("--prefix", help="Use a bundle once more, under keys of its own.")]


class _Command(TyperCommand):
    """A misspelt command line must not look like "there are changes"."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except typer.TyperException as error:
            vars(error)["exit_code"] = 1
            raise


@dataclass(frozen=True)
class _Server:
    """Whom to ask, and whether people or programs read the answer."""

    url: str
    key: str | None
    as_json: bool

    def ask(self, path: str, body: Mapping[str, Any]) -> Any:
        """POST; ends the program with 1 and a sentence when there is no good answer."""
        import httpx2

        if not self.key:
            _fail("An API key is needed: set OPSLOOM_API_KEY, or make one with `opsloom key create`.")
        try:
            answer = httpx2.post(
                f"{self.url.rstrip('/')}/api/v1{path}",
                content=json.dumps(body, ensure_ascii=False).encode(),
                headers={"X-API-Key": self.key, "Content-Type": "application/json"},
                timeout=httpx2.Timeout(10, read=_READ_S, write=_READ_S),
            )
        except (httpx2.HTTPError, httpx2.InvalidURL, UnicodeEncodeError) as error:
            _fail(
                f"{self.url} does not answer: {str(error) or type(error).__name__}. `opsloom plan` tells how things are."
            )
        try:
            found = answer.json()
        except ValueError:
            _fail(f"{self.url} answered {answer.status_code}, but not as Opsloom does. Is the address right?")
        if answer.status_code >= 400:
            self._refused(found)
        return found

    def _refused(self, problem: Any) -> NoReturn:
        if self.as_json:
            typer.echo(json.dumps(problem, indent=2, ensure_ascii=False))
            raise typer.Exit(1)
        errors = problem.get("errors") or []
        err.print(
            f"[red]{escape(str(problem.get('detail', problem)))}[/red] {escape(problem.get('hint') or '')}",
            soft_wrap=True,
        )
        for each in errors:
            err.print(f"  {_place(each)}{escape(each['detail'])}", soft_wrap=True)
        raise typer.Exit(1)


def _place(problem: Mapping[str, Any]) -> str:
    if not problem.get("file"):
        return f"[bold]{escape(problem['pointer'])}[/bold]: " if problem["pointer"] else ""
    line = f":{problem['line']}:{problem['column']}" if problem["line"] else ""
    return f"[bold]{escape(problem['file'])}{line}[/bold]: "


def _fail(sentence: str) -> NoReturn:
    err.print(f"[red]{escape(sentence)}[/red]", soft_wrap=True)
    raise typer.Exit(1)


def install(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command in (export, plan, diff, apply, validate):
        app.command(cls=_Command)(command)


def export(
    folder: Folder,
    kind: Annotated[list[str] | None, typer.Option(help="Only this kind; repeat.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Only with this tag; repeat.")] = None,
    drafts: Annotated[bool, typer.Option("--drafts", help="Drafts instead of what is in force.")] = False,
    delete: Annotated[bool, typer.Option("--delete", help="Delete files whose asset is gone.")] = False,
    url: Url = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Write the server's assets into a folder, one YAML file each. Secrets stay where they are."""
    body = {"kinds": kind or [], "tags": tag or [], "drafts": drafts}
    _export(folder, _server(url, key, as_json).ask("/assets/export", body), delete=delete, as_json=as_json)


def plan(
    folder: Folder,
    publish: Publish = False,
    prune: Prune = False,
    source: Source = "files",
    set_: Sets = None,
    prefix: Prefix = "",
    url: Url = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Show what applying a folder would change. Exits with 0: nothing, 2: changes or drift, 1: it did not work."""
    body = _request(folder, set_, prefix) | {"publish": publish, "prune": prune, "source": source}
    found = _server(url, key, as_json).ask("/assets/plan", body)
    _show_plan(found, as_json=as_json)
    raise typer.Exit(CHANGES if found["changes"] else 0)


def diff(
    folder: Folder,
    publish: Publish = False,
    prune: Prune = False,
    source: Source = "files",
    set_: Sets = None,
    prefix: Prefix = "",
    url: Url = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Show line by line how the server differs from a folder. Exits as `plan` does."""
    body = _request(folder, set_, prefix) | {"publish": publish, "prune": prune, "source": source, "texts": True}
    found = _server(url, key, as_json).ask("/assets/plan", body)
    if as_json:
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        for item in found["items"]:
            _show_difference(item)
    raise typer.Exit(CHANGES if found["changes"] else 0)


def apply(
    folder: Folder,
    publish: Publish = False,
    prune: Prune = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what was changed on the server.")] = False,
    source: Source = "files",
    set_: Sets = None,
    prefix: Prefix = "",
    comment: Annotated[str, typer.Option(help="Kept with each version.")] = "",
    as_template: Annotated[
        bool, typer.Option("--as-template", help="Keep a bundle on the server as a template.")
    ] = False,
    url: Url = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Make the server say what a folder says: all of it or nothing."""
    files = _template(folder) if as_template else _request(folder, set_, prefix)
    wanted = {"publish": publish, "prune": prune and not as_template, "force": force, "comment": comment}
    found = _server(url, key, as_json).ask("/assets/apply", {"source": source} | files | wanted)
    _show_plan(found, as_json=as_json, done=True)


def validate(folder: Folder, set_: Sets = None, prefix: Prefix = "", as_json: AsJson = False) -> None:
    """Read a folder without a server: YAML, schemas, circles of links, secrets, a bundle's parameters."""
    from opsloom.assets.code.bundle import Filling
    from opsloom.assets.code.errors import FilesInvalid, ParametersRefused, problems_of
    from opsloom.assets.code.planner import Goal
    from opsloom.assets.code.wanted import read_wanted
    from opsloom.assets.kinds import Kinds
    from opsloom.document import management_app

    request = _request(folder, set_, prefix)
    try:
        kinds = management_app().state.core.part(Kinds)
        read = read_wanted(kinds, request["files"], Filling(request["parameters"], prefix), Goal())
    except FilesInvalid as error:
        if as_json:
            typer.echo(
                json.dumps([each.model_dump() for each in problems_of(error.flaws)], indent=2, ensure_ascii=False)
            )
            raise typer.Exit(1) from None
        _show_flaws(error.flaws)
    except ParametersRefused as error:
        _fail(f"{error.message} {error.hint or ''}")
    except SettingsInvalid as error:
        _fail(str(error))
    if as_json:
        typer.echo("[]")
    else:
        out.print(f"[green]{len(read.files)} valid.[/green]")


def _server(url: str | None, key: str | None, as_json: bool) -> _Server:
    if url is None:
        try:
            url = load_settings().origin
        except SettingsInvalid as error:
            _fail(str(error))
    return _Server(url, key, as_json)


def _request(folder: Path, sets: Sequence[str] | None, prefix: str) -> dict[str, Any]:
    """The folder's files and what a bundle is used with; ends the program with every flaw that shows without a server."""
    from opsloom.assets.code.folder import load

    if not folder.is_dir():
        _fail(f"{folder} is not a folder.")
    found = load(folder)
    if found.flaws:
        _show_flaws(found.flaws)
    if not found.files:
        _fail(f"There are no assets in {folder}: no file KIND/KEY.yaml.")
    return {"files": found.files, "parameters": dict(_setting(each) for each in sets or ()), "prefix": prefix}


def _setting(text: str) -> tuple[str, Any]:
    """`name=value`, the value as in YAML."""
    from opsloom.assets.code.reading import Unreadable, read

    name, equals, value = text.partition("=")
    if not (name and equals):
        _fail(f"--set takes NAME=VALUE; this is “{text}”.")
    try:
        return name, read(f"--set {name}", value).value if value else ""
    except Unreadable as error:
        _show_flaws(error.flaws)


def _template(folder: Path) -> dict[str, Any]:
    """The folder's bundle as a file of kind template."""
    from opsloom.assets.code.bundle import MANIFEST, read_manifest
    from opsloom.assets.code.errors import FilesInvalid
    from opsloom.assets.code.writing import write

    files = _request(folder, None, "")["files"]
    if MANIFEST not in files:
        _fail(f"{folder} is not a bundle: there is no {MANIFEST}.")
    try:
        manifest = read_manifest(files.pop(MANIFEST))
    except FilesInvalid as error:
        _show_flaws(error.flaws)
    content = {"manifest": manifest.model_dump(mode="json"), "files": files}
    document = {"kind": "template", "key": manifest.name, "name": manifest.name, "description": manifest.description}
    return {
        "files": {f"template/{manifest.name}.yaml": write(document | {"content": content})},
        "source": f"template:{manifest.name}",
    }


def _export(folder: Path, found: Mapping[str, Any], *, delete: bool, as_json: bool) -> None:
    from opsloom.assets.code.folder import save

    try:
        done = save(folder, found["files"], delete=delete)
    except (OSError, ValueError) as error:
        _fail(f"The files cannot be written: {error}.")
    if as_json:
        told = {
            "written": done.written,
            "unchanged": len(done.kept),
            "stale": done.stale,
            "left_out": found["left_out"],
        }
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    out.print(f"{len(done.written)} written, {len(done.kept)} as they were, in {escape(str(folder))}.", soft_wrap=True)
    if done.stale:
        gone = "deleted" if delete else "of no asset any more; --delete deletes them"
        out.print(f"{len(done.stale)} {gone}: {escape(', '.join(done.stale[:20]))}", soft_wrap=True)
    for each in found["left_out"]:
        name = f"{each['kind']}/{each['key']}" if each["key"] else f"every {each['kind']}"
        err.print(f"[yellow]Left out {escape(name)}:[/yellow] {escape(each['reason'])}", soft_wrap=True)


def _show_plan(found: Mapping[str, Any], *, as_json: bool, done: bool = False) -> None:
    if as_json:
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    for item in found["items"]:
        if item["action"] != "unchanged":
            what = _DONE[item["action"]] if done else item["action"]
            also = " and published" if done else " and publish"
            more = also if item["publishes"] and item["action"] != "publish" else ""
            parts = f"  [dim]{escape(', '.join(item['changed'][:8]))}[/dim]" if item["changed"] else ""
            out.print(
                f"{_SIGNS[item['action']]} {what}{more} [bold]{item['kind']}/{item['key']}[/bold]{parts}",
                soft_wrap=True,
            )
        if item["drift"] and not done:
            out.print(f"  [magenta]! {_drift(item)}[/magenta]", soft_wrap=True)
        if item["owner"] and item["action"] != "unchanged" and not done:
            out.print(f"  [magenta]! brought by {escape(item['owner'])}[/magenta]", soft_wrap=True)
    summary = ", ".join(
        f"{count} {_DONE[name] if done else name}"
        for name, count in found["summary"].items()
        if count and name in _DONE
    )
    drifted = (
        f", [magenta]{found['summary']['drift']} drifted[/magenta]" if found["summary"]["drift"] and not done else ""
    )
    out.print(f"{summary or 'nothing'}{drifted}.", soft_wrap=True)


def _drift(item: Mapping[str, Any]) -> str:
    drift = item["drift"]
    return f"{item['kind']}/{item['key']} was {drift['kind']} on the server by {escape(drift['by'])} at {drift['at']}"


def _show_difference(item: Mapping[str, Any]) -> None:
    if item["drift"]:
        out.print(f"[magenta]! {_drift(item)}[/magenta]", soft_wrap=True)
    if not item["texts"]:
        return
    before, after = ((item["texts"][side] or "").splitlines() for side in ("before", "after"))
    colours = {"+": "green", "-": "red", "@": "cyan"}
    for line in difflib.unified_diff(before, after, f"server/{item['path']}", f"files/{item['path']}", lineterm=""):
        colour = colours.get(line[:1], "default")
        out.print(f"[{colour}]{escape(line)}[/{colour}]", soft_wrap=True)


def _show_flaws(flaws: Sequence[Any]) -> NoReturn:
    for flaw in flaws:
        place = f":{flaw.line}:{flaw.column}" if flaw.line else ""
        err.print(f"[bold]{escape(flaw.file)}{place}[/bold]: [red]{escape(flaw.message)}[/red]", soft_wrap=True)
    raise typer.Exit(1)
