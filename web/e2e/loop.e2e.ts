// The whole main job on real input: this machine's metrics, a rule, an alert that appears by itself, a signed delivery.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Language, launch, place, visit } from "./harness/browser";
import { startReceiver } from "./harness/receiver";

const words = {
  en: {
    addWebhook: "Add channel",
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
    sql: "SQL of the API",
    place: "Address",
    path: "Path",
    box: "Your question",
    question: "What was the highest CPU of this host in the last 10 minutes?",
    evidence: /^r1: query behind highest CPU usage/,
    again: "Run again",
    now: "Value now",
  },
  ko: {
    addWebhook: "채널 추가",
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
    sql: "API의 SQL",
    place: "주소",
    path: "경로",
    box: "질문",
    question: "이 서버의 최근 10분 CPU 최고값은?",
    evidence: /^r1: .*CPU 사용률 최고값의 근거/,
    again: "다시 실행",
    now: "지금 값",
  },
} as const;

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

it.each<Language>(["en", "ko"])("goes from metrics to a delivered alert, in %s", async (language) => {
  const say = words[language];
  const mark = `${language}-${Date.now()}`;
  const name = `CPU ${mark}`;
  const hook = `hook ${mark}`;
  // What an earlier rule still has to tell arrives elsewhere, signed with another secret.
  const known = { secret: "" };
  const receiver = await startReceiver(() => known.secret);
  const { page, faults, close } = await visit(browser, "/channels", { language });
  known.secret = await addWebhook(page, say, hook, receiver.url);

  await page.goto("/rules/new");
  await page.getByLabel(say.name, { exact: true }).fill(name);
  await page.getByLabel(say.condition, { exact: true }).fill("value >= 0");
  await page.getByLabel(say.held, { exact: true }).fill("1");
  await page.getByRole("checkbox", { name: hook, exact: true }).check();
  await page.getByRole("button", { name: say.save }).click();
  await page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
  const rule = /[0-9a-f-]{36}$/.exec(new URL(page.url()).pathname)?.[0] ?? "";
  // Another page of the same visitor watches: what follows has to appear there by itself.
  const watching = await page.context().newPage();
  await watching.goto("/alerts");
  await page.getByRole("button", { name: say.publish, exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: say.publish, exact: true }).click();

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
  expect(receiver.received.filter(({ signed }) => !signed)).toEqual([]);
  await page.goto("/deliveries");
  const line = page.getByRole("row").filter({ hasText: name }).filter({ hasText: hook });
  await line.filter({ hasText: say.delivered }).first().waitFor();

  await ask(page, say);
  await serve(page, say, `host-cpu-${mark}`);
  const headers = { "X-CSRF-Token": await token(page) };
  expect((await page.request.post(`/api/v1/rules/${rule}/unpublish`, { data: {}, headers })).ok()).toBe(true);
  await receiver.stop();
  expect(faults).toEqual([]);
  await close();
});

/** The same data answers a question, and the evidence behind the number runs again. */
async function ask(page: Page, say: (typeof words)[Language]): Promise<void> {
  await page.goto("/ask");
  await page.getByRole("textbox", { name: say.box }).fill(say.question);
  await page.keyboard.press("Enter");
  const answer = page.getByTestId("answer");
  await answer
    .getByText(/^\d+(\.\d+)? %$/)
    .first()
    .waitFor();
  await answer.getByRole("img").waitFor();
  await answer.getByRole("button", { name: say.evidence }).first().click();
  const drawer = page.getByRole("complementary");
  await drawer.getByRole("button", { name: say.again }).click();
  await drawer.getByText(say.now).waitFor();
}

/** The same data is served as an API, to whoever holds a key. */
async function serve(page: Page, say: (typeof words)[Language], path: string): Promise<void> {
  await page.goto("/apis/new");
  await page.getByRole("textbox", { name: say.sql }).click();
  await page.keyboard.press("Control+KeyA");
  await page.keyboard.insertText(
    "select item, max(value) as top from data.metrics where metric = 'cpu.usage' group by item",
  );
  await page.getByRole("region", { name: say.place }).getByLabel(say.name).fill(path);
  await page.getByLabel(say.path).fill(path);
  await page.keyboard.press("Control+KeyS");
  await page.getByRole("heading", { level: 1, name: path }).waitFor();
  await page.getByRole("button", { name: say.publish, exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: say.publish, exact: true }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  const made = await page.request.post("/api/v1/keys", {
    headers: { "X-CSRF-Token": await token(page) },
    data: { name: path, scopes: ["apis.run"] },
  });
  const { key } = (await made.json()) as { key: string };
  const called = await fetch(`${place().url}/runtime/${path}`, { headers: { "X-API-Key": key } });
  expect(called.status).toBe(200);
  const { items } = (await called.json()) as { items: { top: number }[] };
  expect(items[0]?.top).toBeGreaterThan(0);
}

async function token(page: Page): Promise<string> {
  return (await page.context().cookies()).find(({ name }) => name === "opsloom_csrf")?.value ?? "";
}

/** Gives the secret, which is shown only once. */
async function addWebhook(
  page: Page,
  say: (typeof words)[Language],
  name: string,
  url: string,
): Promise<string> {
  await page.getByRole("button", { name: say.addWebhook }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(say.name, { exact: true }).fill(name);
  await dialog.getByLabel(say.address).fill(url);
  await dialog.getByRole("button", { name: say.add, exact: true }).click();
  const secret = (await dialog.getByText(/^whsec_[\w+/=]{40,}$/).textContent())?.trim() ?? "";
  await dialog.getByRole("button", { name: say.kept }).click();
  return secret;
}
