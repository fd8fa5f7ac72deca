"""Logic that is no API of its own: the queries of a script, the steps of a workflow. It goes through the same engines; what was
prepared is kept for the next time the same text comes with values of the same types."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Final

from opsloom.apis.engines.protocol import Engine, Program
from opsloom.apis.logic import HttpLogic, ScriptLogic, SqlLogic
from opsloom.apis.params import Parameter, ParameterType
from opsloom.apis.schemas import ApiDefinition, Limits
from opsloom.assets.service import content_hash

_KEPT: Final = 500
_PLAIN: Final[Mapping[type, ParameterType]] = {
    str: ParameterType.STRING,
    bool: ParameterType.BOOLEAN,
    int: ParameterType.INTEGER,
    float: ParameterType.NUMBER,
}


def plain_type(value: object) -> ParameterType | None:
    """The type of parameter that a value is as it stands; None for what is no plain value."""
    return _PLAIN.get(type(value))


class AdHocPrograms:
    """What was prepared in this process; the least recently used leave first."""

    def __init__(self, engines: Mapping[str, Engine]) -> None:
        self._engines = engines
        self._programs: OrderedDict[tuple[object, ...], Program] = OrderedDict()

    async def of(
        self, logic: SqlLogic | HttpLogic | ScriptLogic, types: Mapping[str, ParameterType], limits: Limits
    ) -> Program:
        """Raises LogicRefused."""
        known = (logic.model_dump_json(), tuple(types.items()), limits.model_dump_json())
        program = self._programs.get(known)
        if program is None:
            parameters = [Parameter(name=name, type=kind) for name, kind in types.items()]
            definition = ApiDefinition(path="adhoc", method="POST", logic=logic, parameters=parameters, limits=limits)
            key = content_hash(definition.model_dump(mode="json"))
            program = self._programs[known] = await self._engines[logic.type].prepare(definition, key)
            while len(self._programs) > _KEPT:
                self._programs.popitem(last=False)
        self._programs.move_to_end(known)
        return program
