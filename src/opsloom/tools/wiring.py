"""Puts the tools together for one process; the composition root calls it before the domains that bring builtins."""

from typing import Final

from opsloom.connections.schemas import SCRIPTS, SecretPlaces
from opsloom.infra.core import Core
from opsloom.tools.api_runner import ApiRunner
from opsloom.tools.builtin_runner import BuiltinRunner
from opsloom.tools.builtins import Builtins
from opsloom.tools.engine_runner import EngineRunner
from opsloom.tools.history import History
from opsloom.tools.kind import ToolKind
from opsloom.tools.published import PublishedTools
from opsloom.tools.runners import Runners
from opsloom.tools.service import Tools

ENGINES: Final = ("sql", "http", "script", "workflow")


def install(core: Core) -> None:
    """Make the parts, to be found by their class. `Builtins` and `Runners` are filled by others."""
    builtins = Builtins()
    runners = Runners()
    runners.add(BuiltinRunner(builtins))
    runners.add(ApiRunner(core))
    for logic_type in ENGINES:
        runners.add(EngineRunner(core, logic_type))
    kind = ToolKind(runners)
    published = PublishedTools(core.db, core.wakeups, kind)
    kind.tell(published)
    core.part(SecretPlaces)[kind.name] = SCRIPTS
    core.parts |= {
        Builtins: builtins,
        Runners: runners,
        ToolKind: kind,
        PublishedTools: published,
        History: History(core.db),
    }
    core.parts[Tools] = Tools(core, kind, published, runners)
