"""Puts the question pipeline together for one process; the composition root calls it."""

from opsloom.ask import routes as question_routes
from opsloom.ask.causes.tool import CauseTool
from opsloom.ask.llm.deciding import ModelDecider
from opsloom.ask.pipeline import Asker
from opsloom.ask.running import Runs
from opsloom.ask.threads import routes as thread_routes
from opsloom.ask.tools.builtin import BUILT_IN
from opsloom.ask.tools.calls import ApiTool, RegistryTool, SqlTool
from opsloom.ask.tools.contract import Tool, registry
from opsloom.ask.tools.data_search import data_search
from opsloom.ask.tools.guarded import guarded
from opsloom.ask.tools.offered import offered
from opsloom.ask.tools.why import WhyTool
from opsloom.ask.validate import DEFAULT
from opsloom.infra.core import Core
from opsloom.tools.service import Builtins

ROUTERS = (question_routes.router, thread_routes.router)


def install(core: Core, *further: Tool) -> None:
    """Make the asker with the built-in tools and those that other domains bring; offer the built-in ones to everybody."""
    core.part(Builtins).add(*offered(core), data_search(core))
    called: list[Tool] = [ApiTool(core), RegistryTool(core), SqlTool(core), WhyTool(core), CauseTool()]
    tools = registry(*guarded([*BUILT_IN, *called, *further], core.breakers))
    core.parts[Asker] = Asker(core.db, core.clock, tools, model=ModelDecider(core, DEFAULT, tools.keys()))
    runs = core.parts[Runs] = Runs()
    core.companions.append(runs)
