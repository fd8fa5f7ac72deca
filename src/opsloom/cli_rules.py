"""`opsloom rules test`: cases of rules from files, without a server. What it needs is imported when it runs.

Exit codes are for pipelines: 0 every case passed, 1 one did not (or too little is covered), 2 a file cannot be used.
"""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

if TYPE_CHECKING:
    from opsloom.rules.cases.files import Loaded
    from opsloom.rules.cases.junit import Outcomes

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

UNUSABLE = 2

Files = Annotated[list[Path], typer.Argument(help="Files of cases, or folders with them (*.test.yaml).")]
Junit = Annotated[Path | None, typer.Option("--junit", help="Also write the outcome here as JUnit XML.")]
Least = Annotated[
    float, typer.Option("--cover", min=0, max=100, help="Fail when the cases take fewer percent of the branches.")
]


def install(app: typer.Typer) -> None:
    """Add the group of commands to the application."""
    group = typer.Typer(no_args_is_help=True, help="Rules as files.")

    @group.callback()
    def only_groups() -> None:
        """Rules as files."""

    group.command("test")(run_cases)
    app.add_typer(group, name="rules")


def run_cases(files: Files, junit: Junit = None, cover: Least = 0) -> None:
    """Play the cases of files with the engine that runs live. Exits with 0: all pass, 1: one does not, 2: a file is unusable."""
    from opsloom.assets.code.errors import FilesInvalid
    from opsloom.rules.cases.files import load
    from opsloom.rules.cases.junit import to_junit

    try:
        loaded = [load(path) for path in _listed(files)]
    except FilesInvalid as error:
        for flaw in error.flaws:
            err.print(f"[red]{escape(str(flaw))}[/red]", soft_wrap=True)
        raise typer.Exit(UNUSABLE) from None
    if not loaded:
        err.print("[red]There are no files of cases there (*.test.yaml).[/red]")
        raise typer.Exit(UNUSABLE)
    played: list[tuple[Loaded, Outcomes]] = []
    seconds: list[float] = []
    for one in loaded:
        began = time.perf_counter()
        played.append((one, one.play()))
        seconds.append(time.perf_counter() - began)
    passed = [_tell(one, outcomes, cover) for one, outcomes in played]
    if junit is not None:
        junit.write_text(to_junit(played, seconds), encoding="utf-8")
    raise typer.Exit(0 if all(passed) else 1)


def _listed(files: list[Path]) -> list[Path]:
    """Files as they are named, and those of folders in order."""
    return [each for path in files for each in (sorted(path.rglob("*.test.yaml")) if path.is_dir() else [path])]


def _tell(loaded: "Loaded", outcomes: "Outcomes", least: float) -> bool:
    from opsloom.rules.cases.coverage import merged
    from opsloom.rules.cases.junit import sentences_of

    for (case, outcome), line in zip(outcomes, loaded.places, strict=True):
        sign = "[green]ok  [/green]" if outcome.passed else "[red]FAIL[/red]"
        out.print(f"{sign} {escape(loaded.path)}:{line} {escape(case.name)}", soft_wrap=True)
        for sentence in sentences_of(outcome):
            out.print(f"       {escape(sentence)}", soft_wrap=True)
    covered = merged(outcome.coverage for _, outcome in outcomes)
    percent = 100 * covered.taken / covered.total if covered.total else 100.0
    colour = "green" if percent >= least else "red"
    out.print(
        f"[{colour}]     {escape(loaded.rule.name)}: {covered.taken} of {covered.total} branches ({percent:.0f} %)[/]"
    )
    for part in covered.parts:
        if not (part.true and part.false):
            missing = " and ".join(word for word, count in (("true", part.true), ("false", part.false)) if not count)
            out.print(f"       never {missing}: {escape(part.pointer)} {escape(part.part)}", soft_wrap=True)
    return all(outcome.passed for _, outcome in outcomes) and percent >= least
