import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launch, visit } from "./harness/browser";

const words = {
  en: {
    silence: "Silence…",
    title: "Silences",
    why: "Why",
    save: "Save",
    one: "1 open alert matches",
    two: "2 ticked",
    quiet: "Silence",
    taken: "Acknowledged",
    end: "End now",
  },
  ko: {
    silence: "침묵…",
    title: "침묵",
    why: "이유",
    save: "저장",
    one: "진행 중 경보 1개가 해당합니다",
    two: "2개 선택",
    quiet: "침묵",
    taken: "확인됨",
    end: "지금 끝내기",
  },
} as const;

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

it.each(["en", "ko"] as const)(
  "keeps a posted alert quiet and works through the board by keys, in %s",
  async (language) => {
    const say = words[language];
    const mark = `E2E${language}${Date.now()}`;
    const { page, faults, close } = await visit(browser, `/alerts?label=%5B%22suite%3D${mark}%22%5D`, {
      language,
    });
    const headers = { "X-CSRF-Token": await token(page) };
    const alerts = ["a", "b", "c"].map((instance) => ({
      labels: { alertname: mark, instance, suite: mark, severity: instance === "c" ? "critical" : "warning" },
      annotations: { summary: `${mark} on ${instance}` },
    }));
    const posted = await page.request.post("/alertmanager/api/v2/alerts", { data: alerts, headers });
    expect(posted.status(), await posted.text()).toBe(200);

    // They appear by themselves; the keyboard ticks two and takes them over.
    const row = (instance: string) => page.getByRole("row").filter({ hasText: `${mark} on ${instance}` });
    await row("c").waitFor();
    for (const key of ["KeyJ", "KeyX", "KeyJ", "KeyX"]) await page.keyboard.press(key);
    await page.getByText(say.two).waitFor();
    await page.keyboard.press("KeyA");
    await expect.poll(() => page.getByRole("row").filter({ hasText: say.taken }).count()).toBe(2);

    // From an alert to its silence: the form shows what it matches before it is made.
    await row("a").click();
    await page.getByRole("complementary").getByRole("link", { name: say.silence }).click();
    await page.getByText(say.one).waitFor();
    await page.getByLabel(say.why).fill(`${mark} deploy`);
    await page.getByRole("button", { name: say.save, exact: true }).click();
    const silence = page.getByRole("row").filter({ hasText: `${mark} deploy` });
    await silence.waitFor();
    await page.goBack();
    await page.goto(`/alerts?label=%5B%22suite%3D${mark}%22%5D`);
    await row("a").getByText(say.quiet, { exact: true }).waitFor();
    expect(await row("b").getByText(say.quiet, { exact: true }).count()).toBe(0);

    await page.goto("/silences");
    await silence.click();
    await page.getByRole("button", { name: say.end }).click();
    await silence.waitFor({ state: "detached" });
    const ended = new Date(Date.now() - 1000).toISOString();
    const over = alerts.map((each) => ({ ...each, endsAt: ended }));
    expect((await page.request.post("/alertmanager/api/v2/alerts", { data: over, headers })).ok()).toBe(true);
    expect(faults).toEqual([]);
    await close();
  },
);

async function token(page: Page): Promise<string> {
  const cookies = await page.context().cookies();
  return cookies.find(({ name }) => name === "opsloom_csrf")?.value ?? "";
}
