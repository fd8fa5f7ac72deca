"""Work on what users wrote that may hang or swell, done in a process of its own that can be killed."""

from opsloom.infra.aside.errors import ExpressionFailed, ExpressionTooCostly, ExpressionUnreadable, TextUnreadable
from opsloom.infra.aside.pool import Aside

__all__ = ["Aside", "ExpressionFailed", "ExpressionTooCostly", "ExpressionUnreadable", "TextUnreadable"]
