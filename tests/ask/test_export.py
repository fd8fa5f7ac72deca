"""A thread on paper: Markdown and PDF."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import httpx2
import pytest

from fixtures.tenants import TestTenant
from opsloom.ask.blocks import AnswerStatus, Column, MarkdownBlock, NumberBlock, Reference, TableBlock
from opsloom.ask.plan import Language
from opsloom.ask.schemas import QuestionShown
from opsloom.ask.threads.markdown import markdown
from opsloom.ask.threads.paper import Grid, Heading, Listing, Paragraph, paper
from opsloom.ask.threads.pdf import pdf
from opsloom.ask.threads.schemas import ThreadSummary
from opsloom.inventory.schemas import Parameter, ParameterType

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ID = UUID(int=1)


def thread() -> ThreadSummary:
    return ThreadSummary(
        id=ID, title="아침 점검 | web_01", owner_name="Ara", mine=True, pinned=False, archived=False, shared=False,
        created_at=AT, asked_at=AT,
    )  # fmt: skip


def question() -> QuestionShown:
    sql = "select max(value) as value\nfrom data.metrics -- ``` not a fence"
    reference = Reference(
        id="r1", step_id="s1", tool="metric_query", title="CPU 최고값", sql=sql,
        parameters=[Parameter(type=ParameterType.TEXT, value="cpu.usage")], columns=["value"], rows=[{"value": 93.5}],
        row_count=1, truncated=False, value=93.5, unit="percent", ran_at=AT, took_ms=2,
    )  # fmt: skip
    table = TableBlock(
        title="상위 서버",
        columns=[Column(key="item", label="항목"), Column(key="value", label="값", kind="number")],
        rows=[{"item": "web|01 <b>", "value": 93.5}, {"item": "web-02", "value": None}],
        total=70,
        reference="r1",
    )
    return QuestionShown(
        id=ID, text="# 이 서버의 CPU 최고값은?", language=Language.KO, status=AnswerStatus.ANSWERED, asked_at=AT,
        took_ms=12, thread_id=ID, time_zone="Asia/Seoul", trace_id=None, plan=None,
        blocks=[
            MarkdownBlock(text="최고값은 **93.5 %**입니다 [r1].\n- 표본 120개", references=["r1"]),
            NumberBlock(label="CPU 최고값", value=93.5, unit="percent", shown="93.5 %", reference="r1"),
            table,
        ],
        references=[reference], stages=[], gaps=[], assets=[],
    )  # fmt: skip


def test_a_thread_becomes_markdown_in_which_nothing_asked_is_markup() -> None:
    text = markdown(paper(thread(), [question()], Language.KO))
    lines = text.splitlines()
    assert lines[0] == r"# 아침 점검 \| web\_01"
    assert r"## \# 이 서버의 CPU 최고값은?" in lines
    assert "2026-03-02 18:00:00 (Asia/Seoul), answered" in lines
    assert r"최고값은 **93.5 %**입니다 \[r1\]." in lines
    assert "- 표본 120개" in lines
    assert "| 항목 | 값 |" in lines
    assert r"| web\|01 \<b\> | 93.5 |" in lines
    assert "| web-02 | – |" in lines
    assert "| … 68 |  |" in lines
    assert lines.count("````sql") == 1
    assert "$1 = cpu.usage" in lines
    assert text.endswith("\n")


def test_headings_follow_the_reader() -> None:
    assert Heading("References", 3) in paper(thread(), [question()], Language.EN)
    assert Heading("근거", 3) in paper(thread(), [question()], Language.KO)


def test_a_pdf_holds_both_scripts(tmp_path: Path) -> None:
    parts = [
        Heading("아침 점검 & <b>round</b>", 1),
        Paragraph("최고값은 **93.5 %**입니다"),
        Grid(("a", *"bcdefgh"), tuple(("가나다", *"1234567") for _ in range(200)), 3),
        Listing("select  '<x>'\nfrom data.metrics"),
    ]
    made = pdf(parts, "아침 점검")
    assert made.startswith(b"%PDF-")
    file = tmp_path / "thread.pdf"
    file.write_bytes(made)
    try:
        told = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, check=True)
    except FileNotFoundError:
        pytest.skip("pdftotext is not installed")
    text = told.stdout.decode()
    assert "아침 점검 & <b>round</b>" in text
    assert "93.5" in text
    assert text.count("가나다") == 200


@pytest.mark.parametrize(
    ("kind", "media", "begins"),
    [("markdown", "text/markdown; charset=utf-8", b"# "), ("pdf", "application/pdf", b"%PDF-")],
)
async def test_a_thread_is_taken_along(
    client: httpx2.AsyncClient, tenant: TestTenant, other_tenant: TestTenant, kind: str, media: str, begins: bytes
) -> None:
    body = {"text": "오늘 알림은 몇 건이야?", "time_zone": "Asia/Seoul", "new_thread": True}
    asked = (await client.post("/api/v1/questions", json=body, headers=tenant.headers)).json()
    path = f"/api/v1/threads/{asked['thread_id']}/export?format={kind}&language=ko"
    got = await client.get(path, headers=tenant.headers)
    assert (got.status_code, got.headers["content-type"]) == (200, media)
    assert got.content.startswith(begins)
    assert "attachment" in got.headers["content-disposition"]
    assert (await client.get(path, headers=other_tenant.headers)).status_code == 404
    nobody = await client.get(f"/api/v1/threads/{uuid4()}/export", headers=tenant.headers)
    assert nobody.status_code == 404
