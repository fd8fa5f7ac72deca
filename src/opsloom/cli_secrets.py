"""`opsloom secrets`. What it needs is imported when it runs: a command line has to start at once."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Annotated

import typer
from rich.console import Console

from opsloom.settings import Settings

out = Console(highlight=False)


def install(
    app: typer.Typer, settings: Callable[[], Settings], explained: Callable[[], AbstractContextManager[None]]
) -> None:
    """Add the group of commands to the application."""
    group = typer.Typer(no_args_is_help=True, help="Keys that seal stored secrets.")

    @group.callback()
    def only_groups() -> None:
        """Keys that seal stored secrets."""

    @group.command("rotate")
    def rotate(
        master: Annotated[bool, typer.Option("--master", help="Also make a new master key.")] = False,
    ) -> None:
        """Seal with new keys from now on; what was sealed before stays readable."""
        from opsloom import key_rotation
        from opsloom.people import with_core

        with explained():
            out.print(with_core(settings(), lambda core: key_rotation.rotate(core, master=master)))

    app.add_typer(group, name="secrets")
