import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { inaccessible, launch, visit } from "./harness/browser";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

interface Made {
  id: string;
  revision: number;
}

interface RuleShown extends Made {
  definition: { condition: string };
}

async function headersOf(context: BrowserContext): Promise<Record<string, string>> {
  return {
    "X-CSRF-Token": (await context.cookies()).find(({ name }) => name === "opsloom_csrf")?.value ?? "",
  };
}

function draft(name: string, condition: string) {
  const source = { type: "metric", metric: "memory.usage" };
  return { kind: "threshold", name, source, condition, severity: "warning" };
}

async function make(page: Page, name: string, condition: string): Promise<Made> {
  const headers = await headersOf(page.context());
  const made = await page.request.post("/api/v1/rules", { data: draft(name, condition), headers });
  expect(made.ok()).toBe(true);
  return made.json();
}

it("says why it does not fire, and why it does", async () => {
  const { page, context, faults, close } = await visit(browser, "/rules");
  await page.getByRole("heading", { level: 1, name: "Rules" }).waitFor();
  const mark = Date.now();
  // Memory is a share of a hundred: one never comes true, the other always is.
  const never = await make(page, `never ${mark}`, "unit = 'percent' AND value > 150");
  await page.goto(`/rules/${never.id}`);
  const panel = page.getByRole("region", { name: "Why, or why not" });
  await panel.getByText("Publish the rule first").waitFor();
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Publish", exact: true }).click();
  await panel.getByRole("button", { name: "Explain" }).waitFor();
  // The machine reports every five seconds; until it has, the rule watches nothing yet.
  const silent = panel.getByText("Does not fire");
  await expect
    .poll(
      async () => {
        await panel.getByRole("button", { name: "Explain" }).click();
        return silent.waitFor({ timeout: 2000 }).then(
          () => true,
          () => false,
        );
      },
      { timeout: 30_000 },
    )
    .toBe(true);
  await panel.getByText("value > 150").waitFor();
  await panel.getByText("Short by").waitFor();
  expect(await inaccessible(page)).toEqual([]);

  const always = await make(page, `always ${mark}`, "value >= 0");
  const headers = await headersOf(context);
  await page.request.post(`/api/v1/rules/${always.id}/publish`, { data: { comment: "" }, headers });
  await page.goto("/alerts");
  const row = page.getByRole("row").filter({ hasText: `always ${mark}` });
  await row.first().click({ timeout: 60_000 });
  // The alert leads to the item and to the rule.
  const drawer = page.getByRole("complementary");
  await drawer.locator('a[href*="/inventory/"]').waitFor();
  await drawer.getByRole("link", { name: `always ${mark} · v1` }).click();
  await page.waitForURL(new RegExp(always.id));
  await panel.getByRole("button", { name: "Explain" }).click();
  await panel.getByText("Fires", { exact: true }).waitFor();
  await panel.getByRole("link", { name: "Open its alert" }).waitFor();
  for (const { id } of [never, always])
    await page.request.post(`/api/v1/rules/${id}/unpublish`, { data: {}, headers });
  expect(faults).toEqual([]);
  await close();
});

it("warns before typed text is lost", async () => {
  const { page, faults, close } = await visit(browser, "/rules/new");
  const name = `half written ${Date.now()}`;
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("link", { name: "Alerts", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Leave without saving?" });
  await dialog.getByRole("button", { name: "Cancel" }).click();
  expect(await page.getByLabel("Name", { exact: true }).inputValue()).toBe(name);
  await page.getByRole("link", { name: "Alerts", exact: true }).click();
  await dialog.getByRole("button", { name: "Leave", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Alerts" }).waitFor();
  const made = await (await page.request.get(`/api/v1/rules?q=${encodeURIComponent(name)}`)).json();
  expect(made.items).toEqual([]);
  expect(faults).toEqual([]);
  await close();
});

it("saves by itself, and takes what somebody else saved", async () => {
  const { page, context, faults, close } = await visit(browser, "/rules");
  await page.getByRole("heading", { level: 1, name: "Rules" }).waitFor();
  const name = `shared ${Date.now()}`;
  const made = await make(page, name, "value > 90");
  await page.goto(`/rules/${made.id}`);
  const condition = page.getByRole("textbox", { name: "Condition", exact: true });
  await condition.fill("value > 91");
  const saved = async () => (await (await page.request.get(`/api/v1/rules/${made.id}`)).json()) as RuleShown;
  await expect.poll(async () => (await saved()).definition.condition, { timeout: 20_000 }).toBe("value > 91");
  await page.getByText("Saved", { exact: true }).waitFor();
  const headers = { ...(await headersOf(context)), "If-Match": `"${(await saved()).revision}"` };
  const other = await page.request.put(`/api/v1/rules/${made.id}`, {
    data: draft(name, "value > 80"),
    headers,
  });
  expect(other.ok()).toBe(true);
  await expect.poll(() => condition.textContent(), { timeout: 20_000 }).toBe("value > 80");
  expect(faults).toEqual([]);
  await close();
});
