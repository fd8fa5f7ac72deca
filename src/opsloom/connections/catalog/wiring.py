"""Puts catalogs together for one process; the composition root calls it."""

from opsloom.assets.kinds import Kinds
from opsloom.connections.catalog.kind import KIND
from opsloom.infra.core import Core


def install(core: Core) -> None:
    """Add the kind."""
    core.part(Kinds).add(KIND)
