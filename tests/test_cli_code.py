"""`opsloom export|plan|apply|diff|validate` against a real server, killed in the middle too."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner, Result

from fixtures.server import EMAIL, RunningServer
from fixtures.waiting import wait_for
from opsloom.cli import app

BUNDLE = Path(__file__).parents[1] / "bundles" / "host-basics"
RULE = (
    "kind: rule\nkey: {key}\nname: {key}\ncontent:\n  kind: threshold\n"
    "  source:\n    type: metric\n    metric: m\n  condition: {condition}\n"
)


class Terminal:
    """A shell with the address and a key in its environment."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        self.environment = server.environment | {"OPSLOOM_URL": server.url, "NO_COLOR": "1", "COLUMNS": "200"}
        self.environment["OPSLOOM_API_KEY"] = server.command("key", "create", "pipeline", "--for", EMAIL).strip()
        self._socket = server.socket_folder

    def run(self, *arguments: str | Path, exits: int = 0, **environment: str) -> Result:
        """A command in this process: what it does is the same, and starting takes no time."""
        done = CliRunner().invoke(app, [str(each) for each in arguments], env=self.environment | environment)
        assert done.exit_code == exits, (
            f"{arguments}: {done.exit_code}\n{done.stdout}\n{done.stderr}\n{done.exception!r}"
        )
        return done

    def database(self) -> "psycopg.Connection[tuple[Any, ...]]":
        return psycopg.connect(host=self._socket, user="postgres", dbname="opsloom")

    def stored(self) -> list[tuple[Any, ...]]:
        """Every rule with what is in force, and what files are remembered to have said."""
        with self.database() as connection:
            assets = connection.execute(
                "select kind, slug, draft_hash, published_hash, draft_revision from assets where kind = 'rule' order by 1, 2"
            )
            applied = connection.execute(
                "select kind, key, digest, applied_at from applied_assets where kind = 'rule' order by 1, 2"
            )
            return [*assets.fetchall(), *applied.fetchall()]

    def applying(self) -> list[bool]:
        """The transactions that apply files, and whether each waits for somebody."""
        query = """
            select exists (select from pg_locks w where w.pid = l.pid and not w.granted) from pg_locks l, tenants t
            where l.locktype = 'advisory' and l.granted
              and ((l.classid::bigint << 32) | l.objid::bigint) = hashtextextended('opsloom.as_code:' || t.id, 0)
        """
        with self.database() as connection:
            return [row[0] for row in connection.execute(query)]


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    server = RunningServer(tmp_path_factory.mktemp("as-code"))
    server.start()
    yield Terminal(server)
    if server.process is not None and server.process.poll() is not None:
        server.start()
    server.stop()


def write_rule(folder: Path, key: str, condition: str = "value > 5") -> None:
    (folder / "rule").mkdir(parents=True, exist_ok=True)
    (folder / "rule" / f"{key}.yaml").write_text(RULE.format(key=key, condition=condition))


def test_the_round_of_a_repository(terminal: Terminal, tmp_path: Path) -> None:
    write_rule(tmp_path, "first")
    assert "create" in terminal.run("plan", tmp_path, "--publish", exits=2).stdout
    assert "1 created" in terminal.run("apply", tmp_path, "--publish").stdout
    assert "1 unchanged" in terminal.run("plan", tmp_path, "--publish", exits=0).stdout

    out = tmp_path / "out"
    terminal.run("export", out, "--kind", "rule")
    assert (out / "rule" / "first.yaml").read_text() == (tmp_path / "rule" / "first.yaml").read_text()
    commented = "# why this rule\n" + (out / "rule" / "first.yaml").read_text()
    (out / "rule" / "first.yaml").write_text(commented)
    write_rule(out, "stale")
    told = json.loads(terminal.run("export", out, "--kind", "rule", "--json").stdout)
    assert (told["written"], told["stale"]) == ([], ["rule/stale.yaml"])
    terminal.run("export", out, "--kind", "rule", "--delete")
    assert (out / "rule" / "first.yaml").read_text() == commented
    assert not (out / "rule" / "stale.yaml").exists()

    write_rule(tmp_path / "next", "first", "value > 7")
    shown = terminal.run("diff", tmp_path / "next", "--publish", exits=2).stdout
    assert "-  condition: value > 5" in shown
    assert "+  condition: value > 7" in shown
    plan = json.loads(terminal.run("plan", tmp_path / "next", "--publish", "--json", exits=2).stdout)
    assert [(item["action"], item["changed"]) for item in plan["items"]] == [("update", ["content.condition"])]
    terminal.run("apply", tmp_path / "next", "--publish", "--comment", "stricter")


def test_drift_is_shown_with_who_and_overwritten_by_force_only(terminal: Terminal, tmp_path: Path) -> None:
    import httpx2

    write_rule(tmp_path, "drifting")
    terminal.run("apply", tmp_path, "--publish", "--source", "drift")
    url, headers = terminal.server.url, terminal.server.sign_in()
    asset = httpx2.get(f"{url}/api/v1/assets?q=drifting", headers=headers).json()["items"][0]
    found = httpx2.get(f"{url}/api/v1/assets/{asset['id']}", headers=headers)
    body = {"name": "drifting", "content": found.json()["content"] | {"condition": "value > 99"}}
    saved = httpx2.put(
        f"{url}/api/v1/assets/{asset['id']}", json=body, headers=headers | {"If-Match": found.headers["ETag"]}
    )
    assert saved.status_code == 200, saved.text
    shown = terminal.run("plan", tmp_path, "--publish", "--source", "drift", exits=2).stdout
    assert "! rule/drifting was edited on the server by " in shown
    assert saved.json()["updated_by"] in shown
    refused = terminal.run("apply", tmp_path, "--publish", "--source", "drift", exits=1).stderr
    assert "nothing was changed" in refused
    terminal.run("apply", tmp_path, "--publish", "--source", "drift", "--force")
    terminal.run("plan", tmp_path, "--publish", "--source", "drift")


def test_the_shipped_bundle_with_values_and_as_a_template(terminal: Terminal) -> None:
    terminal.run("validate", BUNDLE)
    refused = terminal.run("validate", BUNDLE, "--set", "cpu_percent=200", exits=1).stderr
    assert "cpu_percent" in refused
    terminal.run("apply", BUNDLE, "--publish", "--set", "cpu_percent=70", "--set", "severity=critical")
    terminal.run("plan", BUNDLE, "--publish", "--set", "cpu_percent=70", "--set", "severity=critical")
    assert "rule/host-cpu-high" in terminal.run("plan", BUNDLE, "--publish", "--set", "cpu_percent=71", exits=2).stdout
    terminal.run("apply", BUNDLE, "--as-template", "--publish")
    assert "template/host-basics" in terminal.run(
        "apply", BUNDLE, "--as-template", "--publish", "--json"
    ).stdout.replace('"', "")


def test_flaws_show_without_a_server_and_with_one(terminal: Terminal, tmp_path: Path) -> None:
    write_rule(tmp_path, "broken", "value >> 5")
    (tmp_path / "rule" / "latin.yaml").write_bytes("kind: rule\nkey: caf\xe9\n".encode("latin-1"))
    (tmp_path / "stray.yaml").write_text("a: 1\n")
    (tmp_path / "rule" / "twice.yaml").write_text(
        RULE.format(key="twice", condition="value > 1") + "  for_s: 1\n  for_s: 2\n"
    )
    os.symlink("/etc/hostname", tmp_path / "rule" / "outside.yaml")
    nowhere = {"OPSLOOM_URL": "http://127.0.0.1:9", "OPSLOOM_API_KEY": ""}
    told = terminal.run("validate", tmp_path, exits=1, **nowhere).stderr
    assert "rule/latin.yaml:2:9: The byte 0xe9 is not UTF-8" in told
    assert "stray.yaml: An asset's file is <kind>/<key>.yaml" in told
    assert "rule/outside.yaml: It is a link to a file outside the folder" in told
    for name in ("rule/latin.yaml", "stray.yaml", "rule/outside.yaml"):
        (tmp_path / name).unlink()
    assert (
        "rule/twice.yaml:11:3: The key for_s is there already, in line 10"
        in terminal.run("validate", tmp_path, exits=1, **nowhere).stderr
    )
    (tmp_path / "rule" / "twice.yaml").unlink()
    before = terminal.stored()
    assert "rule/broken.yaml:9:3" in terminal.run("apply", tmp_path, "--publish", exits=1).stderr
    problem = json.loads(terminal.run("apply", tmp_path, "--publish", "--json", exits=1).stdout)
    assert (problem["errors"][0]["file"], problem["errors"][0]["line"]) == ("rule/broken.yaml", 9)
    assert terminal.stored() == before


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"OPSLOOM_API_KEY": ""}, "An API key is needed"),
        ({"OPSLOOM_API_KEY": "wrong"}, "credential"),
        ({"OPSLOOM_URL": "http://127.0.0.1:9"}, "does not answer"),
        ({"OPSLOOM_URL": "nonsense"}, "does not answer"),
    ],
)
def test_a_server_that_cannot_be_asked(
    terminal: Terminal, tmp_path: Path, environment: dict[str, str], words: str
) -> None:
    write_rule(tmp_path, "any")
    assert words in terminal.run("plan", tmp_path, exits=1, **environment).stderr


def test_a_misspelt_command_line_is_not_taken_for_changes(terminal: Terminal, tmp_path: Path) -> None:
    terminal.run("plan", exits=1)
    terminal.run("plan", tmp_path, "--pubish", exits=1)
    terminal.run("plan", tmp_path / "missing", exits=1)
    terminal.run("plan", tmp_path, exits=1)


def held(
    terminal: Terminal, tmp_path: Path, name: str
) -> tuple["psycopg.Connection[tuple[Any, ...]]", "subprocess.Popen[bytes]"]:
    """An apply that has written everything and now waits for the end of the audit log, which the test holds."""
    write_rule(tmp_path, f"z-{name}")
    terminal.run("apply", tmp_path, "--publish", "--source", name)
    for number in range(20):
        write_rule(tmp_path, f"a-{name}-{number}")
    write_rule(tmp_path, f"z-{name}", "value > 6")
    holder = terminal.database()
    holder.execute("select 1 from audit_heads for update")
    arguments = [sys.executable, "-m", "opsloom", "apply", str(tmp_path), "--publish", "--source", name]
    applying = subprocess.Popen(arguments, env=terminal.environment, cwd="/")
    wait_for(lambda: terminal.applying() == [True], limit_s=60)
    return holder, applying


def test_a_server_killed_in_the_middle_has_changed_nothing(terminal: Terminal, tmp_path: Path) -> None:
    holder, applying = held(terminal, tmp_path, "killed")
    before = terminal.stored()
    terminal.server.kill()
    holder.rollback()
    holder.close()
    assert applying.wait(60) == 1
    terminal.server.start()
    assert terminal.stored() == before
    terminal.run("apply", tmp_path, "--publish", "--source", "killed")
    terminal.run("plan", tmp_path, "--publish", "--source", "killed")


def test_a_client_killed_in_the_middle_leaves_all_or_nothing(terminal: Terminal, tmp_path: Path) -> None:
    holder, applying = held(terminal, tmp_path, "gone")
    before = len(terminal.stored())
    applying.kill()
    applying.wait(10)
    holder.rollback()
    holder.close()
    wait_for(lambda: terminal.applying() == [], limit_s=60)
    assert len(terminal.stored()) - before in {0, 40}
    terminal.run("apply", tmp_path, "--publish", "--source", "gone")


def test_a_folder_of_links_leads_nowhere_on_export(terminal: Terminal, tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    outside.mkdir()
    inside.mkdir()
    (inside / "rule").symlink_to(outside)
    write_rule(tmp_path / "files", "linked")
    terminal.run("apply", tmp_path / "files", "--publish")
    terminal.run("export", inside, "--kind", "rule", exits=1)
    assert list(outside.iterdir()) == []
    shutil.rmtree(inside)
