"""A wrong or weak value stops the start with a sentence, and no role that could look past row security may serve."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from fixtures.server import RunningServer
from opsloom.infra.db.bootstrap import APP, DATABASE
from opsloom.infra.db.dsn import Dsn
from opsloom.infra.db.embedded import EmbeddedPostgres
from opsloom.settings import Settings, SettingsInvalid, load_settings

WRONG: tuple[tuple[dict[str, str], str], ...] = (
    ({"port": "0"}, "OPSLOOM_PORT"),
    ({"port": "many"}, "OPSLOOM_PORT"),
    ({"env": "prod"}, "OPSLOOM_ENV"),
    ({"database_url": "mysql://root@localhost/x"}, "OPSLOOM_DATABASE_URL"),
    ({"database_url": "postgresql://opsloom_app@localhost"}, "OPSLOOM_DATABASE_URL"),
    ({"database_owner_url": "localhost:5432"}, "OPSLOOM_DATABASE_OWNER_URL"),
    ({"database_pool_size": "1"}, "OPSLOOM_DATABASE_POOL_SIZE"),
    ({"redis_url": "http://localhost:6379"}, "OPSLOOM_REDIS_URL"),
    ({"public_url": "opsloom.example"}, "OPSLOOM_PUBLIC_URL"),
    ({"otlp_endpoint": "collector:4318"}, "OPSLOOM_OTLP_ENDPOINT"),
    ({"log_level": "LOUD"}, "OPSLOOM_LOG_LEVEL"),
    ({"log_format": "xml"}, "OPSLOOM_LOG_FORMAT"),
    ({"monitor_interval_s": "0"}, "OPSLOOM_MONITOR_INTERVAL_S"),
    ({"event_retention_days": "1"}, "OPSLOOM_EVENT_RETENTION_DAYS"),
    ({"metric_retention_days": "0"}, "OPSLOOM_METRIC_RETENTION_DAYS"),
    ({"admin_email": "owner@cast.example"}, "OPSLOOM_ADMIN_PASSWORD"),
    ({"admin_password": "a passphrase of good length"}, "OPSLOOM_ADMIN_EMAIL"),
    ({"admin_email": "nobody", "admin_password": "a passphrase of good length"}, "OPSLOOM_ADMIN_EMAIL"),
    ({"admin_email": "owner@cast.example", "admin_password": "short"}, "OPSLOOM_ADMIN_PASSWORD"),
    ({"admin_email": "owner@cast.example", "admin_password": "aaaaaaaaaaaaaa"}, "OPSLOOM_ADMIN_PASSWORD"),
    ({"oidc_issuer": "https://id.example"}, "OPSLOOM_OIDC_CLIENT_ID"),
    ({"env": "production", "host": "0.0.0.0"}, "OPSLOOM_PUBLIC_URL"),
    ({"env": "production", "host": "0.0.0.0", "public_url": "http://opsloom.example"}, "OPSLOOM_PUBLIC_URL"),
)


@pytest.mark.parametrize(("values", "named"), WRONG, ids=lambda each: str(each)[:60])
def test_a_wrong_value_is_refused_by_name(values: dict[str, str], named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"OPSLOOM_{name.upper()}", value)
    with pytest.raises(SettingsInvalid) as caught:
        load_settings(_env_file=None)
    sentence = str(caught.value)
    assert named in sentence
    assert sentence.endswith(".")
    assert "a passphrase of good length" not in sentence, "secrets are not repeated"


def test_the_command_line_says_it_in_a_sentence(tmp_path: Path) -> None:
    server = RunningServer(tmp_path, OPSLOOM_PORT="99999")
    done = subprocess.run(
        [sys.executable, "-m", "opsloom", "serve"],
        env=server.environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert "OPSLOOM_PORT" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "data").exists()


def test_settings_cannot_be_changed_afterwards() -> None:
    settings = Settings(_env_file=None)
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1


@pytest.fixture(scope="module")
def superuser(postgres: EmbeddedPostgres, owner_dsn: Dsn) -> Dsn:
    """Of the migrated database."""
    assert owner_dsn.database == DATABASE
    return postgres.dsn.as_role(postgres.dsn.user, database=DATABASE)


@pytest.fixture(scope="module")
def risky_roles(superuser: Dsn) -> Iterator[dict[str, str]]:
    """Roles that must not serve, by what is wrong with them."""
    made = {"BYPASSRLS": "risky_bypass", "owns tables": "risky_owner"}
    with psycopg.connect(**superuser.psycopg(), autocommit=True) as connection:
        for name in made.values():
            connection.execute(sql.SQL("create role {} login").format(sql.Identifier(name)))
            connection.execute(sql.SQL("grant {} to {}").format(sql.Identifier(APP), sql.Identifier(name)))
            connection.execute(sql.SQL("grant connect on database {} to {}").format(
                sql.Identifier(DATABASE), sql.Identifier(name)))  # fmt: skip
        connection.execute("alter role risky_bypass bypassrls")
        connection.execute("create table risky_table (id bigint)")
        connection.execute("alter table risky_table owner to risky_owner")
    yield made | {"superuser": superuser.user}
    with psycopg.connect(**superuser.psycopg(), autocommit=True) as connection:
        connection.execute("drop table risky_table")
        for name in made.values():
            connection.execute(sql.SQL("drop owned by {}").format(sql.Identifier(name)))
            connection.execute(sql.SQL("drop role {}").format(sql.Identifier(name)))


@pytest.mark.parametrize("wrong", ["superuser", "BYPASSRLS", "owns tables"])
def test_a_role_that_could_see_past_row_security_may_not_serve(
    wrong: str, risky_roles: dict[str, str], superuser: Dsn, tmp_path: Path
) -> None:
    address = f"postgresql://{risky_roles[wrong]}@/{DATABASE}?host={superuser.host}&port={superuser.port}"
    server = RunningServer(tmp_path, OPSLOOM_DATABASE_URL=address)
    server.launch()
    assert server.process is not None
    assert server.process.wait(60) == 1
    told = " ".join(server.log_tail().split())
    assert wrong in told
    assert "OPSLOOM_DATABASE_URL" in told
    assert "Traceback" not in told


def test_an_unreachable_database_is_said_in_a_sentence(tmp_path: Path) -> None:
    server = RunningServer(tmp_path, OPSLOOM_DATABASE_URL="postgresql://opsloom_app@127.0.0.1:1/opsloom")
    server.launch()
    assert server.process is not None
    assert server.process.wait(60) == 1
    assert "OPSLOOM_DATABASE_URL" in server.log_tail()
    assert "Traceback" not in server.log_tail()
