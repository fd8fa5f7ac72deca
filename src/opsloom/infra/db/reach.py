"""Says why a PostgreSQL that is not ours does not let us in, in a sentence with what to change."""

import psycopg

from opsloom.infra.db.dsn import Dsn

OLDEST = 15

# libpq tells a refused connection by its words alone; a server that speaks another language gets the last sentence.
_ADVICE = (
    (
        "password authentication failed",
        "refuses the role {role} with this password. Correct {setting}, or run `opsloom migrate` if it has not made the role yet",
    ),
    (
        "no password supplied",
        "wants a password. Write it into {setting}: postgresql://role:password@host:5432/database",
    ),
    ("no pg_hba.conf entry", "does not admit {role} from here. Allow it in pg_hba.conf, or add ?sslmode=require"),
    ("is not permitted to log in", "does not let {role} log in. Run `alter role {role} login` as its administrator"),
    ("too many", "has no connection to spare. Raise its max_connections, or lower OPSLOOM_DATABASE_POOL_SIZE"),
    ("starting up", "is starting. Try again in a moment"),
    ("shutting down", "is shutting down. Start it again"),
    (
        "permission denied for database",
        "does not admit {role} to this database. Run `opsloom migrate`, which grants it",
    ),
    ('role "', "does not know the role {role}. Run `opsloom migrate`, which makes it, or correct {setting}"),
    ('database "', "has no such database. Create it, or correct the name at the end of {setting}"),
)
_NOBODY = "does not answer. Start it, or correct host and port in {setting}"


class NotUsable(Exception):
    """The database that was given cannot be used like this. `detail` says why, `fix` what to change."""

    def __init__(self, detail: str, fix: str) -> None:
        super().__init__(f"{detail} {fix}")
        self.detail = detail
        self.fix = fix


def check_reach(dsn: Dsn, setting: str) -> None:
    """Connect once. Raises NotUsable, naming the `setting` that holds the address."""
    try:
        with psycopg.connect(**dsn.psycopg()) as connection:
            version = connection.info.server_version // 10_000
    except psycopg.OperationalError as error:
        raise explain(error, dsn, setting) from error
    if version < OLDEST:
        raise NotUsable(
            f"{dsn.shown()} is PostgreSQL {version}.", f"Opsloom needs {OLDEST} or newer: upgrade it, or set {setting}."
        )


def explain(error: psycopg.OperationalError, dsn: Dsn, setting: str) -> NotUsable:
    """What a failed connection means."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    told = next((line.split("FATAL:", 1)[1].strip() for line in lines if "FATAL:" in line), None)
    advice = _NOBODY
    if told is not None:
        advice = next((text for words, text in _ADVICE if words in told), "does not let {role} in. Check {setting}")
    what, fix = advice.format(role=dsn.user, setting=setting).split(". ", 1)
    cause = told or (lines[-1] if lines else type(error).__name__)
    return NotUsable(f"{dsn.shown()} {what} ({cause}).", f"{fix}.")
