import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { inaccessible, type Language, launch, settled, visit } from "./harness/browser";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

const words = {
  en: { types: "Type", host: "Host", inventory: "Inventory", relations: "Relations", cpu: "CPU usage" },
  ko: { types: "종류", host: "호스트", inventory: "인벤토리", relations: "관계", cpu: "CPU 사용률" },
} as const;

it.each<Language>(["en", "ko"])(
  "goes from a type to this machine, its metrics and its parts, in %s",
  async (language) => {
    const say = words[language];
    const { page, faults, close } = await visit(browser, "/inventory?from=now-5m", { language });
    await page
      .getByRole("group", { name: say.types })
      .getByRole("button", { name: `${say.host} 1` })
      .click();
    await page.waitForURL((url) => url.searchParams.get("type") === "host");
    const rows = page.getByRole("table", { name: say.inventory }).locator("tbody tr");
    await expect.poll(() => rows.count()).toBe(1);
    await rows.first().click();
    await page.waitForURL(/\/inventory\/[0-9a-f-]{36}/);
    await page
      .getByRole("region", { name: say.cpu, exact: true })
      .getByRole("img", { name: /[\d.,]+%/ })
      .waitFor();
    await settled(page);
    expect(await inaccessible(page)).toEqual([]);

    const host = page.url();
    const parts = page.getByRole("region", { name: say.relations }).getByRole("link");
    await parts.first().click();
    await page.waitForURL((url) => url.pathname.startsWith("/inventory/") && url.href !== host);
    // The way back stands on the other end of the same relation.
    await page
      .getByRole("region", { name: say.relations })
      .locator(`a[href*="${new URL(host).pathname}"]`)
      .waitFor();
    expect(faults).toEqual([]);
    await close();
  },
);

it("finds by a word, says when there is none, and the address restores it", async () => {
  const { page, faults, close } = await visit(browser, "/inventory");
  const search = page.getByRole("searchbox", { name: "Name, alias or address" });
  await search.fill("no such thing");
  await search.press("Enter");
  await page.getByText("No such items").waitFor();
  await page.reload();
  await page.getByText("No such items").waitFor();
  await page.getByRole("button", { name: "Clear" }).click();
  await page.getByRole("table", { name: "Inventory" }).waitFor();
  expect(faults).toEqual([]);
  await close();
});

it("says so when there is no such item", async () => {
  const { page, close } = await visit(browser, "/inventory/01900000-0000-7000-8000-000000000000");
  await page.getByRole("alert").waitFor();
  await close();
});
