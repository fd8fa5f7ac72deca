"""Abilities of Opsloom itself that tools may wrap. The domains above and beside bring them through the composition root."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass

from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.tools.schemas import Capability, Json, Schema


@dataclass(frozen=True, slots=True)
class Builtin:
    """One ability. `run` gets arguments that fit `input_schema` and acts with the caller's rights only."""

    name: str
    title: str
    description: str
    when_to_use: str
    input_schema: Schema
    output_schema: Schema | None
    permission: Permission
    run: Callable[[Scope, Mapping[str, Json]], Awaitable[Json]]
    capabilities: frozenset[Capability] = frozenset({Capability.READ_ONLY, Capability.IDEMPOTENT})


class Builtins:
    """Every ability of this installation, by name; a part of the core."""

    def __init__(self) -> None:
        self._by_name: dict[str, Builtin] = {}

    def add(self, *builtins: Builtin) -> None:
        """Called by the wiring of the domain that brings them."""
        for builtin in builtins:
            if builtin.name in self._by_name:
                raise ValueError(f"the builtin {builtin.name} is there already")
            self._by_name[builtin.name] = builtin

    def find(self, name: str) -> Builtin | None:
        return self._by_name.get(name)

    def __iter__(self) -> Iterator[Builtin]:
        return iter(sorted(self._by_name.values(), key=lambda builtin: builtin.name))
