import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { owner } from "./harness/api-steps";
import { inaccessible, type Language, launch, place, settled, visit } from "./harness/browser";

let browser: Browser;
let headers: Record<string, string>;
/** A second try finds what the first one made. */
const attempt = () => Date.now().toString(36);
beforeAll(async () => {
  browser = await launch();
  headers = await owner();
});
afterAll(() => browser.close());

async function call<T>(method: string, path: string, body?: object): Promise<T> {
  const answer = await fetch(`${place().url}${path}`, {
    method,
    headers: { ...headers, "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return (
    answer.status === 204 || answer.headers.get("content-length") === "0" ? {} : await answer.json()
  ) as T;
}

const words = {
  en: {
    now: "On call now",
    who: "Who answers instead",
    stand: "Stand in",
    instead: /stand-in/,
    contact: (name: string) => `Channels of ${name}`,
    policy: "New policy",
    name: "Name",
    tell: "Step 1: who is told",
    onCall: (name: string) => `On call: ${name}`,
    would: "What would happen",
    save: "Save",
    incidents: "Incidents",
    acknowledge: "Acknowledge",
    say: "A word on it",
    acknowledged: "Acknowledged",
    tie: "Joined: same service",
    told: "People told",
    timeline: "Timeline",
  },
  ko: {
    now: "지금 당직",
    who: "대신 응답할 사람",
    stand: "대신하기",
    instead: /대신 근무/,
    contact: (name: string) => `${name} 연락 채널`,
    policy: "새 정책",
    name: "이름",
    tell: "1단계: 알릴 곳",
    onCall: (name: string) => `당직: ${name}`,
    would: "미리 보기",
    save: "저장",
    incidents: "인시던트",
    acknowledge: "확인",
    say: "의견",
    acknowledged: "확인됨",
    tie: "묶인 까닭: 같은 service",
    told: "알림",
    timeline: "기록",
  },
} as const;

/** A schedule in which the caller is on call, and the pager that reaches him. */
async function prepare(
  language: Language,
): Promise<{ schedule: string; pager: string; me: string; tag: string }> {
  const tag = `${language} ${attempt()}`;
  const me = await call<{ user: { id: string; name: string } }>("GET", "/api/v1/me");
  const [schedule, pager] = [`Rota ${tag}`, `Pager ${tag}`];
  const channel = await call<{ id: string }>("POST", "/api/v1/channels", {
    name: pager,
    config: { type: "in_app" },
    route: { severities: ["info"] },
  });
  await call("PUT", `/api/v1/oncall-contacts/${me.user.id}`, { channels: [channel.id] });
  const layers = [{ name: "all", members: [me.user.id], first_day: "2026-01-05" }];
  await call("POST", "/api/v1/oncall-schedules", { name: schedule, layers });
  return { schedule, pager, me: me.user.name, tag };
}

/** Once: what axe looks at is the same in both languages, and takes its time. */
async function accessible(page: Page, language: Language): Promise<void> {
  await settled(page);
  expect(language === "en" ? await inaccessible(page) : []).toEqual([]);
}

it.each<Language>(["en", "ko"])(
  "stands in, says who is told, and takes an incident whose alerts belong together, in %s",
  async (language) => {
    const say = words[language];
    const { schedule, pager, me, tag } = await prepare(language);
    const { page, faults, close } = await visit(browser, "/oncall", { language });

    // Who answers, and somebody instead.
    await page.getByRole("region", { name: say.now }).getByRole("button", { name: schedule }).click();
    const calendar = page.getByRole("region", { name: schedule });
    await calendar
      .getByRole("button", { name: new RegExp(`^${me}, `) })
      .first()
      .click();
    await page.getByRole("dialog").getByRole("button", { name: say.stand, exact: true }).click();
    await calendar.getByRole("button", { name: say.instead }).first().waitFor();
    await accessible(page, language);

    // A policy as a sentence, tried before it is saved.
    await page.goto("/escalation");
    await page.getByRole("button", { name: say.policy }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(say.name, { exact: true }).fill(`Policy ${tag}`);
    await dialog.getByRole("combobox", { name: say.tell }).fill(schedule);
    await page.getByRole("option", { name: say.onCall(schedule) }).click();
    await page.keyboard.press("Tab");
    await dialog.getByRole("region", { name: say.would }).getByText(pager).first().waitFor();
    await dialog.getByRole("button", { name: say.save }).click();
    await page
      .getByRole("region", { name: `Policy ${tag}` })
      .getByText(say.onCall(schedule))
      .waitFor();
    await accessible(page, language);

    // Two alerts of one service are one incident; whoever is on call is told, and it is taken with a word.
    const labels = (alertname: string) => ({ alertname, service: `shop ${tag}`, severity: "critical" });
    const posted = [`Slow ${tag}`, `Full ${tag}`].map((name) => ({ labels: labels(name) }));
    await call("POST", "/alertmanager/api/v2/alerts", posted);
    await page.goto("/incidents");
    const list = page.getByRole("table", { name: say.incidents });
    await list
      .getByText(new RegExp(`(Slow|Full) ${tag}`))
      .first()
      .click();
    await page.getByText(`${say.tie} = shop ${tag}`).waitFor();
    const timeline = page.getByRole("region", { name: say.timeline });
    await timeline.getByText(say.told, { exact: true }).waitFor();
    await page.getByRole("textbox", { name: say.say }).fill("on it");
    await page.getByRole("button", { name: say.acknowledge, exact: true }).click();
    await timeline.getByText("on it").waitFor();
    await page
      .getByRole("banner")
      .getByText(say.acknowledged)
      .or(page.getByText(say.acknowledged).first())
      .first()
      .waitFor();
    await accessible(page, language);
    expect(faults).toEqual([]);
    const over = new Date(Date.now() - 1000).toISOString();
    await call(
      "POST",
      "/alertmanager/api/v2/alerts",
      posted.map((alert) => ({ ...alert, endsAt: over })),
    );
    await close();
  },
);
