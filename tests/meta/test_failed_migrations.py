"""A migration that fails changes nothing and serves nothing: one is made to fail at each step.

The real steps run from a copy of `migrations/` in which one step does all its work and then fails, so that what is undone
is real. Then a real server is started on such a copy.
"""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx2
import orjson
import psycopg
import pytest
from psycopg import sql

from fixtures.server import RunningServer
from fixtures.waiting import wait_for
from opsloom.infra.db import bootstrap, migrate
from opsloom.infra.db.dsn import Dsn
from opsloom.infra.db.embedded import BIN, EmbeddedPostgres
from opsloom.infra.db.schema import MIGRATIONS, MigrationFailed, is_at_head

ROOT = MIGRATIONS.parent
STEPS = sorted(path.stem.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
FAILURE = """

_works = upgrade


def upgrade():
    _works()
    from alembic import op

    op.execute("select 1 / 0 as injected")
"""


REFUSED = (
    ("GET", "/api/v1/me"),
    ("POST", "/api/v1/events"),
    ("PUT", "/runtime/anything"),
    ("GET", "/api/v1/openapi.json"),
    ("GET", "/metrics/anything"),
    ("GET", "/"),
)


def copy_failing_at(step: str, folder: Path) -> Path:
    """The migrations, of which one fails after its work."""
    copied = folder / "migrations"
    shutil.copytree(MIGRATIONS, copied, ignore=shutil.ignore_patterns("__pycache__"))
    (path,) = (copied / "versions").glob(f"{step}_*.py")
    path.write_text(path.read_text(encoding="utf-8") + FAILURE, encoding="utf-8")
    return copied


def copy_up_to(step: str, folder: Path) -> Path:
    """The migrations before `step`, as an older version of Opsloom had them."""
    copied = folder / "older"
    shutil.copytree(MIGRATIONS, copied, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (copied / "versions").glob("[0-9]*"):
        if path.name.split("_")[0] >= step:
            path.unlink()
    return copied


@pytest.fixture
def database(postgres: EmbeddedPostgres) -> Iterator[Dsn]:
    """An empty database of its own, as its owner."""
    name = "opsloom_failing"
    yield bootstrap.bootstrap_embedded(postgres.dsn, name)
    with psycopg.connect(**postgres.dsn.psycopg(), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def dump(postgres: EmbeddedPostgres, database: str) -> str:
    """Schema and data as text; the random words pg_dump puts around it are left out."""
    dsn = postgres.dsn
    words = [str(BIN / "pg_dump"), f"--host={dsn.host}", f"--username={dsn.user}", f"--dbname={database}"]
    text = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    return "\n".join(line for line in text.splitlines() if not line.startswith(("\\restrict", "\\unrestrict")))


def test_a_failing_step_leaves_data_and_schema(database: Dsn, postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    """One database grows step by step; before each step grows it, the step is made to fail."""
    for place, step in enumerate(STEPS):
        folder = tmp_path / step
        before = dump(postgres, database.database)
        with pytest.raises(MigrationFailed) as caught:
            migrate.upgrade(database, copy_failing_at(step, folder))
        assert caught.value.step == step
        assert "division by zero" in caught.value.cause
        assert dump(postgres, database.database) == before, step
        if place + 1 < len(STEPS):
            migrate.upgrade(database, copy_up_to(STEPS[place + 1], folder))
        if place == 0:
            with psycopg.connect(**database.as_role(bootstrap.APP).psycopg()) as connection:
                connection.execute(
                    "insert into tenants (id, name, slug, created_at) values (gen_random_uuid(), 'Kept', 'kept', now())"
                )


def test_the_last_step_failing_undoes_all_steps_before_it(
    database: Dsn, postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    before = dump(postgres, database.database)
    with pytest.raises(MigrationFailed):
        migrate.upgrade(database, copy_failing_at(STEPS[-1], tmp_path))
    assert dump(postgres, database.database) == before


def test_a_start_tells_without_alembic_whether_there_is_something_to_migrate(database: Dsn, tmp_path: Path) -> None:
    app = database.as_role(bootstrap.APP)
    older = copy_up_to(STEPS[-1], tmp_path)
    assert not is_at_head(app)
    migrate.upgrade(database, older)
    assert is_at_head(app, older)
    assert not is_at_head(app)
    migrate.upgrade(database)
    assert is_at_head(app)
    assert not is_at_head(app, older)


def test_a_database_newer_than_the_program_is_left_alone(
    database: Dsn, postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    migrate.upgrade(database)
    before = dump(postgres, database.database)
    with pytest.raises(MigrationFailed) as caught:
        migrate.upgrade(database, copy_up_to(STEPS[-1], tmp_path))
    assert caught.value.step == STEPS[-1]
    assert "newer than this program" in caught.value.cause
    assert dump(postgres, database.database) == before


def ask(server: RunningServer, path: str, method: str = "GET") -> httpx2.Response:
    """One request to a server that may not be ready."""
    return httpx2.request(method, f"{server.url}{path}", timeout=10)


def answers(server: RunningServer) -> bool:
    """Whether the port is served; fails when the process has ended."""
    assert server.process is not None
    assert server.process.poll() is None, f"the server ended: {server.log_tail()}"
    try:
        return ask(server, "/healthz").status_code == 200
    except httpx2.HTTPError:
        return False


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One database for all starts: each leaves it as it was, or the next would not fail at its own step."""
    return tmp_path_factory.mktemp("data")


@pytest.mark.parametrize(
    ("step", "environment"), [(STEPS[0], "production"), (STEPS[-1], "production"), (STEPS[-1], "development")]
)
def test_a_server_whose_migration_failed_serves_nothing(
    step: str, environment: str, data_dir: Path, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "src", tmp_path / "src")  # with its compiled files: most of a start is compiling
    copy_failing_at(step, tmp_path)
    settings = {"PYTHONPATH": str(tmp_path / "src"), "OPSLOOM_DATA_DIR": str(data_dir), "OPSLOOM_ENV": environment}
    server = RunningServer(tmp_path, **settings)
    server.launch()
    try:
        wait_for(lambda: answers(server), limit_s=60)
        ready = ask(server, "/readyz")
        assert ready.status_code == 503
        (problem,) = ready.json()["problems"]
        assert problem["step"] == step
        assert "division by zero" in problem["cause"]
        for method, path in REFUSED:
            answer = ask(server, path, method)
            assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json"), path
            assert answer.json()["code"] == "not_ready"
            assert "division by zero" in answer.json()["detail"]
    finally:
        assert server.stop() == 0
    lines = [orjson.loads(line) for line in (tmp_path / "server.log").read_bytes().splitlines() if line[:1] == b"{"]
    told = [line for line in lines if line["event"] == "migration.failed"]
    assert [line["step"] for line in told] == [step]
    assert told[0]["level"] == "critical"
