import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { inaccessible, type Language, launch, settled, tooSmall, visit } from "./harness/browser";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

const words = {
  en: {
    new: "New tool",
    fromApi: "From a published API…",
    api: "API",
    make: "Make it",
    run: "Run",
    save: "Save as case…",
    name: "Name",
    keep: "Save",
    cases: "Cases",
    all: "Run all",
    passed: "1 passed, 0 failed",
    runs: "Runs",
    case: "Case",
    source: "Source",
    read: "Read",
    search: "Search operations",
  },
  ko: {
    new: "새 도구",
    fromApi: "게시된 API로…",
    api: "API",
    make: "만들기",
    run: "실행",
    save: "사례로 저장…",
    name: "이름",
    keep: "저장",
    cases: "사례",
    all: "모두 실행",
    passed: "통과 1, 실패 0",
    runs: "실행 기록",
    case: "사례",
    source: "출처",
    read: "읽기",
    search: "작업 검색",
  },
} as const;

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

/** A published API, made the way a program makes one. */
async function publishApi(page: Page, name: string): Promise<void> {
  const token = await page.evaluate(() => /opsloom_csrf=([^;]*)/.exec(document.cookie)?.[1] ?? "");
  const headers = { "X-CSRF-Token": decodeURIComponent(token) };
  const path = name.toLowerCase().replaceAll(" ", "-");
  const body = {
    name,
    path,
    logic: { type: "sql", sql: "select name from data.items where type = :type order by name" },
    parameters: [{ name: "type", type: "string", default: "host" }],
  };
  const made = await page.request.post("/api/v1/apis", { headers, data: body });
  const { id } = (await made.json()) as { id: string };
  expect((await page.request.post(`/api/v1/apis/${id}/publish`, { headers, data: {} })).status()).toBe(200);
}

it.each<Language>(["en", "ko"])(
  "makes a tool of an API, runs it and keeps a case, in %s",
  async (language) => {
    const say = words[language];
    const name = `Hosts ${language} ${Date.now()}`;
    const { page, faults, close } = await visit(browser, "/tools", { language });
    await publishApi(page, name);
    await page.reload();

    await button(page, say.new).click();
    await page.getByRole("menuitem", { name: say.fromApi }).click();
    const dialog = page.getByRole("dialog");
    await page.getByRole("menu").waitFor({ state: "hidden" });
    await dialog.getByLabel(say.api, { exact: true }).selectOption({ label: name });
    expect(await inaccessible(page)).toEqual([]);
    await dialog.getByRole("button", { name: say.make }).click();
    await page.getByRole("heading", { level: 1, name }).waitFor();

    await button(page, say.run).click();
    await page.getByText('"row_count": 1').waitFor();
    expect(await inaccessible(page)).toEqual([]);
    expect(await tooSmall(page)).toEqual([]);
    await button(page, say.save).click();
    await page.getByRole("dialog").getByLabel(say.name).fill("One host");
    await page.getByRole("dialog").getByRole("button", { name: say.keep, exact: true }).click();
    await page.getByRole("dialog").waitFor({ state: "hidden" });

    await page.getByRole("tab", { name: say.cases, exact: true }).click();
    await page.getByText("One host").waitFor();
    await button(page, say.all).click();
    await page.getByText(say.passed).waitFor();
    expect(await inaccessible(page)).toEqual([]);
    await page.getByRole("tab", { name: say.runs, exact: true }).click();
    await page.getByRole("cell", { name: say.case, exact: true }).first().waitFor();
    await settled(page);
    expect(faults).toEqual([]);
    await close();
  },
);

it.each<Language>(["en", "ko"])("reads this server's own document, in %s", async (language) => {
  const say = words[language];
  const { page, faults, close } = await visit(browser, "/tools/import", { language });
  await page.getByLabel(say.source, { exact: true }).selectOption("own");
  await button(page, say.read).click();
  await page.getByLabel(say.search, { exact: true }).fill("list_alerts");
  await page.keyboard.press("Enter");
  await page.getByText("GET /api/v1/alerts", { exact: true }).waitFor();
  expect(await inaccessible(page)).toEqual([]);
  await settled(page);
  expect(faults).toEqual([]);
  await close();
});
