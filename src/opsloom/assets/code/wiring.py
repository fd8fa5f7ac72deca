"""Puts assets as code together for one process; the composition root calls it after every kind is known."""

from opsloom.assets.code.service import Workshop
from opsloom.assets.code.template import TemplateKind
from opsloom.assets.kinds import Kinds
from opsloom.infra.core import Core


def install(core: Core) -> None:
    """Add the kind of templates, and the part that exports, plans and applies."""
    kinds = core.part(Kinds)
    template = TemplateKind(kinds)
    kinds.add(template)
    core.parts[TemplateKind] = template
    core.parts[Workshop] = Workshop(core.db, kinds, core.clock)
