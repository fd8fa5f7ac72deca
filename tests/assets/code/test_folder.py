"""A folder on somebody's machine: nothing outside it is read or written, and what says the same is left alone."""

import os
from pathlib import Path

import pytest

from opsloom.assets.code.folder import load, save

TEXT = "kind: part\nkey: a\nname: A\ncontent: {}\n"


def test_what_is_saved_loads_the_same(tmp_path: Path) -> None:
    files = {"part/a.yaml": TEXT, "rule/가.yaml": "kind: rule\nname: 이름\n"}
    assert sorted(save(tmp_path, files, delete=False).written) == sorted(files)
    assert load(tmp_path).files == files
    again = save(tmp_path, files, delete=False)
    assert (again.written, sorted(again.kept)) == ([], sorted(files))


def test_a_file_in_a_persons_own_words_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "part").mkdir()
    own = "# why\n" + TEXT.replace("name: A", 'name: "A"')
    (tmp_path / "part" / "a.yaml").write_text(own)
    assert save(tmp_path, {"part/a.yaml": TEXT}, delete=False).kept == ["part/a.yaml"]
    assert (tmp_path / "part" / "a.yaml").read_text() == own
    assert save(tmp_path, {"part/a.yaml": TEXT.replace("{}", "{x: 1}")}, delete=False).written == ["part/a.yaml"]


def test_files_of_no_asset_are_told_and_deleted_on_request_only(tmp_path: Path) -> None:
    save(tmp_path, {"part/a.yaml": TEXT, "part/b.yaml": TEXT}, delete=False)
    (tmp_path / "notes.yaml").write_text("mine: true\n")
    assert save(tmp_path, {"part/a.yaml": TEXT}, delete=False).stale == ["part/b.yaml"]
    save(tmp_path, {"part/a.yaml": TEXT}, delete=True)
    assert sorted(path.name for path in tmp_path.rglob("*.yaml")) == ["a.yaml", "notes.yaml"]


@pytest.mark.parametrize(
    "name", ["../a.yaml", "/etc/a.yaml", "part/../../a.yaml", "part/a", "a.yaml", "part/.a.yaml", "part\\a.yaml"]
)
def test_a_path_that_leads_out_is_refused_before_anything_is_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="lead out"):
        save(tmp_path / "in", {"part/a.yaml": TEXT, name: TEXT}, delete=False)
    assert list(tmp_path.rglob("*")) == []


def test_links_are_replaced_and_not_followed(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    (inside / "part").mkdir(parents=True)
    outside.mkdir()
    (outside / "precious").write_text("keep me")
    (inside / "part" / "a.yaml").symlink_to(outside / "precious")
    (inside / "rule").symlink_to(outside)
    assert [flaw.code for flaw in load(inside).flaws] == ["outside"]
    save(inside, {"part/a.yaml": TEXT}, delete=False)
    assert (inside / "part" / "a.yaml").read_text() == TEXT
    with pytest.raises(ValueError, match="lead out"):
        save(inside, {"rule/a.yaml": TEXT}, delete=False)
    assert [(path.name, path.read_text()) for path in outside.iterdir()] == [("precious", "keep me")]


def test_hidden_files_and_other_files_are_nobodys_business(tmp_path: Path) -> None:
    for name in (".git/x.yaml", "README.md", "part/.a.yaml", "part/notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text("{")
    found = load(tmp_path)
    assert (found.files, found.flaws) == ({}, [])


def test_what_cannot_be_used_is_told_by_name(tmp_path: Path) -> None:
    (tmp_path / "part" / "deep").mkdir(parents=True)
    (tmp_path / "part" / "deep" / "a.yaml").write_text(TEXT)
    (tmp_path / "part" / "a.yml").write_text(TEXT)
    (tmp_path / "part" / "utf16.yaml").write_bytes(TEXT.encode("utf-16"))
    (tmp_path / "part" / "big.yaml").write_bytes(b"#" * 5_000_000)
    os.mkfifo(tmp_path / "part" / "pipe.yaml")
    found = {flaw.file: flaw.code for flaw in load(tmp_path).flaws}
    assert found == {
        "part/a.yml": "path_invalid", "part/deep/a.yaml": "path_invalid", "part/utf16.yaml": "encoding",
        "part/big.yaml": "too_large", "part/pipe.yaml": "unreadable",
    }  # fmt: skip
