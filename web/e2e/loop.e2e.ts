// The whole main job on real input: this machine's metrics, a rule, an alert that appears by itself, a signed delivery.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Language, launch, visit } from "./harness/browser";
import { type Receiver, startReceiver } from "./harness/receiver";
import { type Started, startServer } from "./harness/server";

const account = { email: "admin@example.com", password: "weaving-threads-at-noon" };
const words = {
  en: {
    addWebhook: "Add webhook",
    add: "Add",
    kept: "I have kept it",
    name: "Name",
    address: "Address",
    condition: "Condition",
    held: "Held for (s)",
    save: "Save draft",
    publish: "Publish",
    firing: "Firing",
    why: "Why it fired",
    acknowledge: "Acknowledge",
    acknowledged: "Acknowledged",
    delivered: "Delivered",
  },
  ko: {
    addWebhook: "웹훅 추가",
    add: "추가",
    kept: "보관했습니다",
    name: "이름",
    address: "주소",
    condition: "조건",
    held: "지속 시간(초)",
    save: "초안 저장",
    publish: "게시",
    firing: "발생",
    why: "발생한 까닭",
    acknowledge: "확인",
    acknowledged: "확인됨",
    delivered: "전달됨",
  },
} as const;

let browser: Browser;
let server: Started;
let receiver: Receiver;
let secret = "";
beforeAll(async () => {
  browser = await launch();
  server = await startServer({
    OPSLOOM_ADMIN_EMAIL: account.email,
    OPSLOOM_ADMIN_PASSWORD: account.password,
    OPSLOOM_EGRESS_ALLOW: "127.0.0.1",
  });
  receiver = await startReceiver(() => secret);
});
afterAll(async () => {
  await browser.close();
  await receiver.stop();
  await server.stop();
});

it.each<Language>(["en", "ko"])("goes from metrics to a delivered alert, in %s", async (language) => {
  const say = words[language];
  const name = `CPU ${language}`;
  receiver.received.length = 0;
  const { page, faults, close } = await visit(
    browser,
    "/channels",
    { language },
    { url: server.url, ...account },
  );
  await addWebhook(page, say, `hook ${language}`);

  await page.goto("/rules/new");
  await page.getByLabel(say.name, { exact: true }).fill(name);
  await page.getByLabel(say.condition, { exact: true }).fill("value >= 0");
  await page.getByLabel(say.held, { exact: true }).fill("1");
  await page.getByRole("checkbox", { name: `hook ${language}`, exact: true }).check();
  await page.getByRole("button", { name: say.save }).click();
  await page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
  // Another page of the same visitor watches: what follows has to appear there by itself.
  const watching = await page.context().newPage();
  await watching.goto("/alerts");
  await page.getByRole("button", { name: say.publish, exact: true }).click();

  const row = watching.getByRole("row").filter({ hasText: name }).filter({ hasText: say.firing });
  await row.first().waitFor({ timeout: 60_000 });
  await row.first().click();
  const drawer = watching.getByRole("complementary").filter({ hasText: say.why });
  await drawer.getByText("value >= 0").waitFor();
  await drawer.getByRole("button", { name: say.acknowledge, exact: true }).click();
  await drawer.getByText(say.acknowledged, { exact: true }).first().waitFor();

  await expect
    .poll(() => receiver.received.map(({ type }) => type), { timeout: 60_000 })
    .toContain("alert.firing");
  expect(receiver.received.every(({ signed }) => signed)).toBe(true);
  await page.goto("/deliveries");
  const line = page
    .getByRole("row")
    .filter({ hasText: name })
    .filter({ hasText: `hook ${language}` });
  await line.filter({ hasText: say.delivered }).first().waitFor();
  expect(faults).toEqual([]);
  await close();
});

async function addWebhook(page: Page, say: (typeof words)[Language], name: string): Promise<void> {
  await page.getByRole("button", { name: say.addWebhook }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(say.name, { exact: true }).fill(name);
  await dialog.getByLabel(say.address, { exact: true }).fill(receiver.url);
  await dialog.getByRole("button", { name: say.add, exact: true }).click();
  secret = (await dialog.getByText(/^whsec_/).textContent())?.trim() ?? "";
  await dialog.getByRole("button", { name: say.kept }).click();
}
