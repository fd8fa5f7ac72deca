"""Runs builtin logic: an ability of Opsloom itself, with the caller's rights."""

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.identity.scope import Scope
from opsloom.kit.errors import FieldProblem
from opsloom.tools.builtins import Builtin, Builtins
from opsloom.tools.errors import ToolRefused, ToolUnusable
from opsloom.tools.runners import ToolCall
from opsloom.tools.schemas import BuiltinLogic, Json, ToolContent


class BuiltinRunner:
    type = "builtin"

    def __init__(self, builtins: Builtins) -> None:
        self._builtins = builtins

    async def check(self, session: AsyncSession, scope: Scope, content: ToolContent) -> None:
        del session, scope
        if self._of(content) is None:
            known = ", ".join(each.name for each in self._builtins)
            problem = FieldProblem(pointer="/logic/name", detail="there is no such builtin", code="unknown")
            raise ToolRefused("There is no such builtin.", details=[problem], hint=f"There are: {known}.")

    def permits(self, scope: Scope, content: ToolContent) -> bool:
        builtin = self._of(content)
        return builtin is not None and scope.allows(builtin.permission)

    async def run(self, call: ToolCall) -> Json:
        builtin = self._of(call.content)
        if builtin is None:
            raise ToolUnusable("This builtin is not there any more.")
        return await builtin.run(call.scope, call.arguments)

    def _of(self, content: ToolContent) -> Builtin | None:
        assert isinstance(content.logic, BuiltinLogic)
        return self._builtins.find(content.logic.name)
