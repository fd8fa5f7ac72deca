// One rule of each kind: drawn, replayed over what is stored, published, fed, heard live, acknowledged, proven.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { inaccessible, type Language, launch, place, visit } from "./harness/browser";

const words = {
  en: {
    name: "Name",
    kinds: ["Threshold", "Aggregate", "Sequence", "Absence", "Anomaly", "Schedule", "Composite"],
    events: "Events",
    condition: "Condition",
    drawn: "Drawing",
    of: "Value of type",
    window: "Window",
    side: "Side by side",
    size: "Length (s)",
    function: "What of measure 1",
    having: "Fires when the measures",
    counts: "Which facts count",
    first: "Condition of first",
    second: "Condition of then",
    held: "Held for (s)",
    within: "Within (s)",
    together: "Within (s)",
    expect: "Expected",
    after: "After",
    add: "Add a rule",
    rule: (at: number) => `Rule ${at}`,
    ruleName: (at: number) => `Name of rule ${at}`,
    expression: "Fires when",
    save: "Save draft",
    simulate: "Simulate",
    replay: "Replay",
    result: "Timeline",
    publish: "Publish",
    firing: "Firing",
    why: "Why it fired",
    acknowledge: "Acknowledge",
    acknowledged: "Acknowledged",
    rules: "Rules",
    new: "New rule",
    alerts: "Alerts",
    ledger: "Deliveries",
    delivered: "Delivered",
  },
  ko: {
    name: "이름",
    kinds: ["임계값", "집계", "순서", "부재", "이상", "예약", "복합"],
    events: "이벤트",
    condition: "조건",
    drawn: "그림",
    of: "type 값",
    window: "창",
    side: "나란히",
    size: "길이(초)",
    function: "측정값 1의 무엇",
    having: "측정값이 이럴 때 발생",
    counts: "셀 사실",
    first: "first 조건",
    second: "then 조건",
    held: "지속 시간(초)",
    within: "제한 시간(초)",
    together: "함께 보는 시간(초)",
    expect: "와야 하는 것",
    after: "이것 다음에",
    add: "규칙 추가",
    rule: (at: number) => `규칙 ${at}`,
    ruleName: (at: number) => `규칙 ${at} 이름`,
    expression: "발생 조건",
    save: "초안 저장",
    simulate: "시뮬레이션",
    replay: "되돌려 보기",
    result: "시간표",
    publish: "게시",
    firing: "발생",
    why: "발생한 까닭",
    acknowledge: "확인",
    acknowledged: "확인됨",
    rules: "규칙",
    new: "새 규칙",
    alerts: "경보",
    ledger: "전달 기록",
    delivered: "전달됨",
  },
} as const;
type Words = (typeof words)[Language];

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

async function token(page: Page): Promise<Record<string, string>> {
  const cookies = await page.context().cookies();
  return { "X-CSRF-Token": cookies.find(({ name }) => name === "opsloom_csrf")?.value ?? "" };
}

/** Events as anybody sends them: with a key, from outside of the browser. */
async function sender(page: Page): Promise<(events: object[]) => Promise<void>> {
  const data = { name: `sender ${Date.now()}`, scopes: ["events.write"] };
  const made = await page.request.post("/api/v1/keys", { headers: await token(page), data });
  const { key } = (await made.json()) as { key: string };
  return async (events) => {
    const answer = await fetch(`${place().url}/api/v1/events`, {
      method: "POST",
      headers: { "X-API-Key": key, "Content-Type": "application/json" },
      body: JSON.stringify(events),
    });
    expect(answer.status).toBe(200);
  };
}

const segment = (page: Page, text: string) =>
  page
    .locator("label")
    .filter({ hasText: new RegExp(`^${text}$`) })
    .first();
const box = (page: Page, name: string) => page.getByRole("textbox", { name, exact: true });

/** What is special to each kind, drawn in the form. */
function drawings(page: Page, say: Words, mark: string): (() => Promise<void>)[] {
  const events = () => segment(page, say.events).click();
  return [
    async () => {
      await events();
      await page.getByLabel(say.held, { exact: true }).fill("0");
      await box(page, say.condition).fill(`type = 'order.${mark}'`);
      await segment(page, say.drawn).click();
      expect(await page.getByLabel(say.of, { exact: true }).inputValue()).toBe(`order.${mark}`);
    },
    async () => {
      await events();
      await page.getByLabel(say.window, { exact: true }).selectOption({ label: say.side });
      await page.getByLabel(say.size, { exact: true }).fill("1");
      await page.getByLabel(say.function, { exact: true }).selectOption("count");
      await box(page, say.counts).fill(`type = 'error.${mark}'`);
      await box(page, say.having).fill("average >= 2");
    },
    async () => {
      await box(page, say.first).fill(`type = 'order.${mark}'`);
      await box(page, say.second).fill(`type = 'error.${mark}'`);
    },
    async () => {
      await box(page, say.after).fill(`type = 'order.${mark}'`);
      await box(page, say.expect).fill(`type = 'paid.${mark}'`);
      await page.getByLabel(say.within, { exact: true }).fill("1");
    },
    async () => undefined,
    async () => undefined,
    async () => {
      for (const [at, kind] of [0, 2].entries()) {
        await page.getByRole("button", { name: say.add, exact: true }).click();
        const label = `${say.kinds[kind]} ${mark}`;
        await page.getByLabel(say.rule(at + 1), { exact: true }).selectOption({ label });
        await page.getByLabel(say.ruleName(at + 1), { exact: true }).fill(at === 0 ? "a" : "b");
      }
      await box(page, say.expression).fill("a AND b");
      // The order is over by the time the error comes: what began within a minute belongs together.
      await page.getByLabel(say.together, { exact: true }).fill("60");
    },
  ];
}

/** Draws, replays over what the demo world has stored, and publishes; the editor is reached as a person reaches it, without a reload. */
async function publish(page: Page, say: Words, name: string, draw: () => Promise<void>): Promise<string> {
  await page.getByRole("link", { name: say.rules, exact: true }).first().click();
  await page.getByRole("link", { name: say.new, exact: true }).click();
  await page.getByRole("radio", { name: name.split(" ")[0] ?? "", exact: true }).check();
  await page.getByLabel(say.name, { exact: true }).fill(name);
  await draw();
  await page.getByRole("button", { name: say.save }).click();
  await page.getByRole("tab", { name: say.simulate }).click();
  await page.getByRole("button", { name: say.replay }).click();
  await page.getByRole("region", { name: say.result }).waitFor();
  await page.getByRole("button", { name: say.publish, exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: say.publish, exact: true }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  return /[0-9a-f-]{36}/.exec(page.url())?.[0] ?? "";
}

/** The alert is opened, taken on and says why it fired; the ledger says who was told of it. */
async function follow(page: Page, say: Words, name: string, fact: string): Promise<void> {
  await page.getByRole("row").filter({ hasText: name }).first().click();
  const drawer = page.getByRole("complementary").filter({ hasText: say.why });
  await drawer.getByText(fact).first().waitFor();
  await drawer.getByRole("button", { name: say.acknowledge, exact: true }).first().click();
  await drawer.getByText(say.acknowledged, { exact: true }).first().waitFor();
  await page.getByRole("link", { name: say.ledger, exact: true }).first().click();
  const lines = page.getByRole("row").filter({ hasText: name }).filter({ hasText: "alert.firing" });
  await lines.filter({ hasText: "In-app" }).first().click();
  const entry = page.getByRole("complementary").filter({ hasText: name });
  await entry.getByText(say.delivered, { exact: true }).first().waitFor();
}

it.each<Language>(["en", "ko"])(
  "draws, replays and publishes a rule of each kind, in %s",
  async (language) => {
    const say = words[language];
    const mark = `${language}${Date.now()}`;
    const { page, faults, close } = await visit(browser, "/rules", { language });
    const send = await sender(page);
    const made: string[] = [];
    for (const [kind, draw] of drawings(page, say, mark).entries())
      made.push(await publish(page, say, `${say.kinds[kind]} ${mark}`, draw));
    expect(await inaccessible(page)).toEqual([]);

    await page.getByRole("link", { name: say.alerts, exact: true }).first().click();
    await page.getByRole("heading", { level: 1, name: say.alerts }).waitFor();
    const event = (type: string, at: number) => ({
      id: `${type}.${mark}.${at}`,
      source: "shop",
      subject: "one",
      type: `${type}.${mark}`,
      data: {},
    });
    const appears = (kind: number) =>
      page
        .getByRole("row")
        .filter({ hasText: `${say.kinds[kind]} ${mark}` })
        .first()
        .waitFor({ timeout: 20_000 });
    // The alerts appear by themselves: of the threshold until an event is no order; then of the sequence, the absence, and of
    // the rule that joins the first two.
    await send([event("order", 1)]);
    await appears(0);
    await send([event("error", 1), event("error", 2)]);
    for (const kind of [2, 3, 6]) await appears(kind);
    await follow(page, say, `${say.kinds[2]} ${mark}`, `error.${mark}`);
    const headers = await token(page);
    for (const id of [...made].reverse())
      await page.request.post(`/api/v1/rules/${id}/unpublish`, { data: { force: true }, headers });
    expect(faults).toEqual([]);
    await close();
  },
);
