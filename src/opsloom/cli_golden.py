"""`opsloom golden run`: golden questions from files or from the registry. What it needs is imported when it runs.

Exit codes are for pipelines: 0 every question passes, 1 one does not, 2 a file cannot be used or there is nothing to ask.
"""

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from opsloom.ask.golden.running import Done
    from opsloom.infra.core import Core

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

UNUSABLE = 2

Files = Annotated[
    list[Path] | None,
    typer.Argument(help="Files of golden questions, or folders with them; without any, those in force."),
]
Junit = Annotated[Path | None, typer.Option("--junit", help="Also write the outcome here as JUnit XML.")]
Tenant = Annotated[str | None, typer.Option(help="Slug of the tenant; may be left out when there is one.")]
Now = Annotated[
    datetime | None,
    typer.Option(
        help="The clock of the questions (UTC); by default the end of the demo world's history, or the present."
    ),
]


def install(app: typer.Typer) -> None:
    """Add the group of commands to the application."""
    group = typer.Typer(no_args_is_help=True, help="Golden questions.")

    @group.callback()
    def only_groups() -> None:
        """Golden questions."""

    group.command("run")(run)
    app.add_typer(group, name="golden")


def run(files: Files = None, junit: Junit = None, tenant: Tenant = None, now: Now = None) -> None:
    """Ask golden questions on the installation's data. Exits with 0: all pass, 1: one does not, 2: nothing can be asked."""
    from opsloom.ask.golden.junit import sentences_of, to_junit
    from opsloom.ask.golden.report import Outcome
    from opsloom.kit.errors import OpsloomError
    from opsloom.people import with_core
    from opsloom.settings import Settings

    try:
        done = with_core(Settings(), lambda core: _asked(core, files or [], tenant, now))
    except OpsloomError as error:
        err.print(f"[red]{escape(str(error))}[/red]", soft_wrap=True)
        raise typer.Exit(UNUSABLE) from None
    if not done:
        err.print("[red]There is no golden question to ask.[/red]")
        raise typer.Exit(UNUSABLE)
    for one in done:
        if one.outcome is not Outcome.PASS:
            colour = "red" if one.outcome is Outcome.FAIL else "yellow"
            out.print(f"[{colour}]{one.outcome}[/{colour}] {one.key}: {escape(one.report.question)}", soft_wrap=True)
            for sentence in sentences_of(one.report.findings):
                out.print(f"  {escape(sentence)}", soft_wrap=True)
    out.print(_table(done))
    if junit is not None:
        junit.write_text(to_junit(done), encoding="utf-8")
    raise typer.Exit(any(one.outcome is Outcome.FAIL for one in done))


async def _asked(core: "Core", files: list[Path], tenant: str | None, now: datetime | None) -> "list[Done]":
    from datetime import UTC

    from opsloom.ask.golden.files import load
    from opsloom.ask.golden.running import each, in_force
    from opsloom.ask.pipeline import Asker
    from opsloom.inventory.service import made_up_until
    from opsloom.people import tenant_scope

    scope = await tenant_scope(core, tenant)
    async with core.db.transaction(scope) as session:
        questions = load(files) if files else await in_force(session)
        until = await made_up_until(session)
    at = now.replace(tzinfo=UTC) if now is not None else until or core.clock.now()
    return [one async for one in each(core.part(Asker), scope, questions, at)]


def _table(done: "list[Done]") -> Table:
    from opsloom.ask.golden.judge import Verdict
    from opsloom.ask.golden.report import Outcome, wrong_numbers

    table = Table("Category", "Questions", "Pass", "Warn", "Fail", "Facts right", "Silent", "Wrong", "Wrong numbers")
    for category in [*sorted({one.report.category for one in done}), "all"]:
        mine = [one for one in done if category in (one.report.category, "all")]
        outcomes = Counter(one.outcome for one in mine)
        findings = [finding for one in mine for finding in one.report.findings]
        verdicts = Counter(finding.verdict for finding in findings)
        numbers = wrong_numbers(findings)
        shown = [outcomes[Outcome.PASS], outcomes[Outcome.WARN], outcomes[Outcome.FAIL]]
        facts = [verdicts[Verdict.RIGHT], verdicts[Verdict.SILENT], verdicts[Verdict.WRONG], numbers]
        table.add_row(category, str(len(mine)), *map(str, [*shown, *facts]))
    return table
