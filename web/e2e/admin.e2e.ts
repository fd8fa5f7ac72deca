import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launch, visit } from "./harness/browser";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

it("shows a new key's secret once, the key works, and stops when revoked", async () => {
  const name = `ci-${Date.now()}`;
  const { page, context, faults, close } = await visit(browser, "/admin/keys");
  await page.getByRole("banner").first().waitFor();
  await page.getByRole("button", { name: "Create a key" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByLabel("Events: See").check();
  await dialog.getByRole("button", { name: "Create a key" }).click();
  const secret = (await page.getByTestId("secret").innerText()).trim();
  await page.getByRole("button", { name: "I have copied it" }).click();
  expect(await page.getByText(secret).count()).toBe(0);
  await context.clearCookies({ name: "opsloom_session" });
  const call = () =>
    fetch(new URL("/api/v1/events?limit=1", page.url()), { headers: { "X-API-Key": secret } });
  expect((await call()).status).toBe(200);
  await close();

  const again = await visit(browser, "/admin/keys");
  await again.page.getByRole("row", { name: new RegExp(name) }).click();
  await again.page.getByRole("button", { name: "Revoke" }).click();
  const confirm = again.page.getByRole("dialog").getByRole("button", { name: "Revoke" });
  expect(await confirm.isDisabled()).toBe(true);
  await again.page.getByRole("dialog").getByRole("textbox").fill(name);
  await confirm.click();
  await again.page.getByRole("row", { name: new RegExp(`${name}.*Revoked`) }).waitFor();
  expect((await call()).status).toBe(401);
  expect([...faults, ...again.faults]).toEqual([]);
  await again.close();
});

it("adds a user, changes the role, deactivates and removes them", async () => {
  const email = `hana-${Date.now()}@example.com`;
  const { page, faults, close } = await visit(browser, "/admin/users", { language: "ko" });
  await page.getByRole("button", { name: "사용자 추가" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("이름").fill("이하나");
  await dialog.getByLabel("이메일").fill(email);
  await dialog.getByRole("textbox", { name: "첫 비밀번호" }).fill("a-quiet-loom-at-dawn");
  await dialog.getByRole("button", { name: "사용자 추가" }).click();
  await page.getByText("이제 이하나가 로그인할 수 있습니다").waitFor();
  await page.getByRole("row", { name: new RegExp(email) }).click();
  const drawer = page.getByRole("complementary", { name: "이하나" });
  await drawer.getByLabel("역할").selectOption("builder");
  await page.getByRole("row", { name: new RegExp(`${email}.*제작자`) }).waitFor();
  await drawer.getByRole("button", { name: "비활성화" }).click();
  await page.getByRole("row", { name: new RegExp(`${email}.*비활성`) }).waitFor();
  await drawer.getByRole("button", { name: "제거" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill(email);
  await page.getByRole("dialog").getByRole("button", { name: "제거" }).click();
  await page.getByRole("row", { name: new RegExp(email) }).waitFor({ state: "detached" });
  expect(faults).toEqual([]);
  await close();
});

it("verifies the audit chain", async () => {
  const { page, close } = await visit(browser, "/admin/audit");
  await page.getByRole("button", { name: "Verify the chain" }).click();
  await page.getByText(/Intact: \d+ entr/).waitFor();
  await close();
});
