import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { inaccessible, launch, place, visit } from "./harness/browser";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

const editor = (page: Page, label: string) => page.getByRole("textbox", { name: label });

async function keyThatCalls(): Promise<string> {
  const { url, email, password } = place();
  const send = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const answer = await fetch(url + path, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as Record<string, string>;
  };
  const { access_token: token } = await send("/api/v1/auth/login", { email, password });
  const key = await send(
    "/api/v1/keys",
    { name: `caller-${Date.now()}`, scopes: ["apis.run"] },
    { Authorization: `Bearer ${token}` },
  );
  return key["key"] ?? "";
}

it("builds an API from nothing, tests it, serves it, and answers a program", async () => {
  const name = `Newest samples ${Date.now()}`;
  const path = `newest-${Date.now()}`;
  const { page, faults, close } = await visit(browser, "/apis");
  await page.getByRole("link", { name: "New API" }).first().click();

  const query = editor(page, "SQL of the API");
  await query.click();
  await page.keyboard.press("Control+KeyA");
  await page.keyboard.insertText("select tim, item, value\nfrom data.metrics");
  await page.getByText(/^Line 1, column 8:/).waitFor();
  expect(await page.locator(".cm-lintRange-error").first().innerText()).toBe("tim");
  await page.keyboard.press("Control+KeyA");
  await page.keyboard.insertText(
    "select time, item, value\nfrom data.metrics\nwhere metric = :metric\norder by time desc\nlimit 3",
  );
  await page.getByText("Line 3, column 16: the parameter :metric is not declared").waitFor();
  await page.getByRole("button", { name: "Declare metric" }).click();
  await page.getByText(/^Fine\. Gives time timestamp/).waitFor();

  await page.getByRole("button", { name: "Create draft" }).click();
  await page.getByText("An API needs a name.").waitFor();
  await page.getByRole("link", { name: "Rules" }).click();
  await page
    .getByRole("dialog", { name: "Leave without saving?" })
    .getByRole("button", { name: "Cancel" })
    .click();
  await page.getByRole("region", { name: "Address" }).getByLabel("Name").fill(name);
  await page.getByLabel("Path").fill(path);
  await page.getByRole("button", { name: "Create draft" }).click();
  await page.getByRole("heading", { level: 1, name }).waitFor();

  const side = page.getByRole("tabpanel");
  expect(await side.getByRole("button", { name: "Run", exact: true }).isDisabled()).toBe(true);
  await side.getByLabel("metric").fill("cpu.usage");
  await side.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByTestId("trial-facts").getByText("200").waitFor();
  await side.getByRole("table", { name: "Result" }).getByRole("row").nth(1).waitFor();
  expect(await inaccessible(page)).toEqual([]);

  await page.getByRole("button", { name: "Publish" }).click();
  await page.getByRole("dialog").getByText(`It will answer at /runtime/${path}`).waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Publish" }).click();
  await page.getByText(`${name} is published`).waitFor();

  await page.getByRole("tab", { name: "Call it" }).click();
  expect(await page.getByTestId("curl").innerText()).toContain(`/runtime/${path}?metric=cpu.usage`);
  const key = await keyThatCalls();
  const answer = await fetch(`${place().url}/runtime/${path}?metric=cpu.usage`, {
    headers: { "X-API-Key": key },
  });
  expect(answer.status).toBe(200);
  const { items } = (await answer.json()) as { items: { value: number }[] };
  expect(items.length).toBeGreaterThan(0);

  await page.getByRole("tab", { name: "Calls" }).click();
  await page.getByRole("row", { name: /200 v1 caller-/ }).click();
  await page.getByRole("complementary").getByText("cpu.usage").waitFor();
  expect(faults).toEqual([]);
  await close();
});

it("keeps nobody's work from being lost, and goes back to an earlier version", async () => {
  const first = await visit(browser, "/apis/new", { language: "ko" });
  const name = `두 사람 ${Date.now()}`;
  const { page } = first;
  await editor(page, "API의 SQL").click();
  await page.keyboard.press("Control+KeyA");
  await page.keyboard.insertText("select 1 as n");
  await page.getByRole("region", { name: "주소" }).getByLabel("이름").fill(name);
  await page.getByLabel("경로").fill(`두-사람/${Date.now()}`);
  await page.keyboard.press("Control+KeyS");
  await page.getByRole("heading", { level: 1, name }).waitFor();
  await publish(page, name);

  const second = await visit(browser, new URL(page.url()).pathname, { language: "ko" });
  await second.page.getByRole("textbox", { name: "설명" }).fill("다른 사람의 설명");
  await second.page.keyboard.press("Control+KeyS");
  await second.page.getByText("초안을 저장했습니다").waitFor();

  await editor(page, "API의 SQL").click();
  await page.keyboard.press("Control+KeyA");
  await page.keyboard.insertText("select 2 as n");
  await page.getByRole("button", { name: "초안 저장" }).click();
  await page.getByRole("alert").getByText("다른 사람이 먼저 저장했습니다").waitFor();
  expect(await editor(page, "API의 SQL").innerText()).toContain("select 2");
  await page.getByRole("button", { name: "내 것으로 덮어쓰기" }).click();
  await page.getByText("다른 사람이 먼저 저장했습니다").waitFor({ state: "detached" });
  await page.getByText("게시하지 않은 변경").waitFor();
  await publish(page, name);

  await page.getByRole("tab", { name: "버전" }).click();
  await page.getByRole("button", { name: "롤백" }).click();
  await page.getByRole("dialog").getByText("select 2 as n").first().waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "롤백" }).click();
  await page.getByRole("listitem").filter({ hasText: "v1" }).getByText("적용 중").waitFor();
  await second.close();
  await first.close();
});

async function publish(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "게시", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "게시", exact: true }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByText(`${name}`).filter({ hasText: "게시되었습니다" }).first().waitFor();
}
