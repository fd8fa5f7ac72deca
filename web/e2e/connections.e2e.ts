// A connection to a SQLite file and a catalog of it, from the first form to the diff of the second scan.
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { inaccessible, type Language, launch, place, settled, tooSmall, visit } from "./harness/browser";

const python = resolve(import.meta.dirname, "../../.venv/bin/python");

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
  mkdirSync(join(place().files, "operations"), { recursive: true });
});
afterAll(() => browser.close());

/** Node has no SQLite of its own yet; Python does. */
function sqlite(file: string, statements: string): void {
  const program = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.argv[2])";
  const run = spawnSync(python, ["-c", program, join(place().files, "operations", file), statements]);
  if (run.status !== 0) throw new Error(String(run.stderr));
}

const words = {
  en: {
    type: "SQLite file",
    name: "Name",
    path: "Path",
    test: "Test",
    passed: "Passed",
    failed: "Failed",
    publishNew: "Create and publish",
    browse: "Browse",
    safety: "Safety",
    holds: "Holds",
    newCatalog: "New catalog",
    connection: "Connection",
    createScan: "Create and scan",
    edit: "Words of customer_id",
    description: "Description in English",
    saved: "Saved",
    publish: "Publish",
    published: "Published",
    scan: "Scan",
    changed: "What has changed",
    scans: "Scans",
    diagram: "Diagram",
    added: "column added",
  },
  ko: {
    type: "SQLite 파일",
    name: "이름",
    path: "경로",
    test: "테스트",
    passed: "통과",
    failed: "실패",
    publishNew: "만들고 게시",
    browse: "둘러보기",
    safety: "안전",
    holds: "유효함",
    newCatalog: "새 카탈로그",
    connection: "연결",
    createScan: "만들고 스캔",
    edit: "customer_id 설명 편집",
    description: "한국어 설명",
    saved: "저장됨",
    publish: "게시",
    published: "게시됨",
    scan: "스캔",
    changed: "바뀐 것만",
    scans: "스캔",
    diagram: "관계도",
    added: "열 추가",
  },
} as const;

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const tab = (page: Page, name: string) => page.getByRole("tab", { name, exact: true });

async function fine(page: Page): Promise<void> {
  await settled(page);
  expect(await inaccessible(page)).toEqual([]);
  expect(await tooSmall(page)).toEqual([]);
}

it.each<Language>(["en", "ko"])("connects, catalogues and compares a database, in %s", async (language) => {
  const say = words[language];
  const stamp = `${language}-${Date.now()}`;
  const file = `shop-${stamp}.db`;
  sqlite(
    file,
    `create table customers(id integer primary key, name text);
     create table orders(id integer primary key, customer_id integer references customers(id));`,
  );
  const { page, faults, close } = await visit(browser, "/connections/new", { language });

  await button(page, say.type).click();
  await page.getByRole("textbox", { name: say.path }).fill("nowhere.db");
  await button(page, say.test).click();
  await page.getByText(say.failed, { exact: true }).first().waitFor();
  await page.getByRole("textbox", { name: say.path }).fill(file);
  await button(page, say.test).click();
  await page.getByText(say.passed, { exact: true }).waitFor();
  await page.getByRole("textbox", { name: say.name }).fill(`Shop ${stamp}`);
  await fine(page);
  await button(page, say.publishNew).click();
  await page.getByRole("heading", { level: 1, name: `Shop ${stamp}` }).waitFor();
  await button(page, say.test).click();
  await page.getByText(say.passed, { exact: true }).waitFor();
  await fine(page);

  await tab(page, say.browse).click();
  await page.getByRole("treeitem", { name: /^main/ }).focus();
  await page.keyboard.press("ArrowRight");
  await page.getByRole("treeitem", { name: /^orders/ }).focus();
  await page.keyboard.press("ArrowRight");
  await page.getByRole("treeitem", { name: /^customer_id/ }).waitFor();
  await fine(page);
  await tab(page, say.safety).click();
  await page.getByText(say.holds, { exact: true }).first().waitFor();
  await fine(page);

  await page.goto("/catalogs");
  await button(page, say.newCatalog).first().click();
  const making = page.getByRole("dialog", { name: say.newCatalog });
  await making.getByRole("textbox", { name: say.name }).fill(`Words ${stamp}`);
  await making
    .getByLabel(say.connection, { exact: true })
    .selectOption({ label: `Shop ${stamp} (shop-${stamp})` });
  await fine(page);
  await button(page, say.createScan).click();
  await page.getByRole("heading", { level: 1, name: `Words ${stamp}` }).waitFor();
  await page.getByRole("row", { name: /main\.orders/ }).click();
  await button(page, say.edit).click();
  await page.getByRole("textbox", { name: say.description }).last().fill("누가 주문했나");
  await page.getByText(say.saved, { exact: true }).waitFor({ state: "detached" });
  await page.getByText(say.saved, { exact: true }).waitFor();
  await fine(page);
  await button(page, say.publish).click();
  await page.getByRole("dialog").getByRole("button", { name: say.publish, exact: true }).click();
  await page.getByText(say.published, { exact: true }).waitFor();

  sqlite(file, "alter table orders add column total numeric");
  await button(page, say.scan).click();
  await page.getByRole("menuitem", { name: say.changed }).click();
  await tab(page, say.scans).click();
  await page.getByRole("listitem").filter({ hasText: "main.orders.total" }).getByText(say.added).waitFor();
  await fine(page);
  await tab(page, say.diagram).click();
  await page.getByRole("button", { name: /^main\.orders/ }).waitFor();
  await fine(page);
  await page.reload();
  await page.getByRole("button", { name: /^main\.orders/ }).click();
  await button(page, say.edit).click();
  expect(await page.getByRole("textbox", { name: say.description }).last().inputValue()).toBe(
    "누가 주문했나",
  );
  expect(faults).toEqual([]);
  await close();
});
