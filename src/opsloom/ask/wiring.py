"""Puts the question pipeline together for one process; the composition root calls it."""

from opsloom.ask.llm.deciding import ModelDecider
from opsloom.ask.pipeline import Asker
from opsloom.ask.running import Runs
from opsloom.ask.tools.builtin import BUILT_IN
from opsloom.ask.tools.contract import Tool, registry
from opsloom.ask.tools.data_search import data_search
from opsloom.ask.tools.offered import offered
from opsloom.ask.validate import DEFAULT
from opsloom.infra.core import Core
from opsloom.tools.service import Builtins


def install(core: Core, *further: Tool) -> None:
    """Make the asker with the built-in tools and those that other domains bring; offer the built-in ones to everybody."""
    core.part(Builtins).add(*offered(core), data_search(core))
    tools = registry(*BUILT_IN, *further)
    core.parts[Asker] = Asker(core.db, core.clock, tools, model=ModelDecider(core, DEFAULT, tools.keys()))
    runs = core.parts[Runs] = Runs()
    core.companions.append(runs)
