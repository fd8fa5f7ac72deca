"""Code that nothing uses: functions, methods, classes and properties. Fields and constants are left to their readers.

Frameworks call much by decoration or by name; what they call is told apart here, each name with its reason.
"""

import sys
from pathlib import Path

from vulture import Vulture

ROOT = Path(__file__).resolve().parent.parent
KINDS = {"function", "method", "class", "property", "import", "unreachable_code"}
DECORATORS = [
    "@*router.*",
    "@*app.*",
    "@*.command*",
    "@*.callback*",
    "@*field_validator",
    "@*model_validator",
    "@*field_serializer",
    "@*model_serializer",
    "@task*",
    "@*.listens_for*",
]

CALLED_BY_OTHERS = {
    "get_col_spec": "SQLAlchemy asks a column type for it",
    "draft_differs": "pydantic reads it by name where an asset is shown",
    "connect_unix_socket": "part of the HTTP client's backend interface",
    "connection_made": "asyncio calls a protocol by these names",
    "connection_lost": "asyncio calls a protocol by these names",
    "data_received": "asyncio calls a protocol by these names",
    "MetricSample": "the samples' table; hot paths use SQL, the schema test compares the model",
    "TenantIsolationViolated": "a family of errors; domains subclass what they need",
    "PreconditionFailed": "a family of errors; domains subclass what they need",
}


def main() -> int:
    """Print what is unused."""
    vulture = Vulture(ignore_decorators=DECORATORS)
    vulture.scavenge([str(ROOT / "src"), str(ROOT / "migrations"), str(ROOT / "bench")])
    found = [each for each in vulture.get_unused_code(min_confidence=60) if each.typ in KINDS]
    found = [each for each in found if is_ours_to_call(each.name, str(each.filename))]
    for each in found:
        print(f"{Path(each.filename).relative_to(ROOT)}:{each.first_lineno}: unused {each.typ} {each.name}")
    return 1 if found else 0


def is_ours_to_call(name: str, path: str) -> bool:
    """Whether nobody but our own code would call it."""
    return path.startswith(str(ROOT / "src")) and not name.startswith("__") and name not in CALLED_BY_OTHERS


if __name__ == "__main__":
    sys.exit(main())
