import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { inaccessible, type Language, launch, visit } from "./harness/browser";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

const words = {
  en: {
    box: "Your question",
    question: "What was the highest CPU of this host in the last 10 minutes?",
    open: /^r1: query behind highest CPU usage/,
    run: "Run again",
    now: "Run again",
    fresh: "Value now",
    threads: "Conversations",
  },
  ko: {
    box: "질문",
    question: "이 서버의 최근 10분 CPU 최고값은?",
    open: /^r1: .*CPU 사용률 최고값의 근거/,
    run: "다시 실행",
    now: "다시 실행한 결과",
    fresh: "지금 값",
    threads: "대화",
  },
} as const;
const onwards = {
  further: "최근 30분은?",
  unknown: "최근 10분 opsloom-99의 CPU 평균은?",
  choice: "하나를 고르세요",
  how: "답한 과정",
  change: "계획 바꾸기",
  aggregate: "집계",
  runPlan: "이 계획 실행",
  edited: "직접 수정한 계획",
  lowest: /CPU 사용률 최저/,
  trace: "추적 열기",
} as const;

async function ask(page: Page, say: { box: string }, text: string) {
  await page.getByRole("textbox", { name: say.box, exact: true }).fill(text);
  await page.keyboard.press("Enter");
  const answer = page.getByTestId("answer").filter({ has: page.getByRole("heading", { name: text }) });
  await answer.last().waitFor();
  return answer.last();
}

it.each<Language>(["en", "ko"])(
  "answers with the number, a chart and evidence that runs again, in %s",
  async (language) => {
    const say = words[language];
    const { page, faults, close } = await visit(browser, "/ask", { language });
    const answer = await ask(page, say, say.question);
    await page.waitForURL(/\/ask\/threads\/[0-9a-f-]{36}/);
    await answer
      .getByText(/^\d+(\.\d+)? %$/)
      .first()
      .waitFor();
    await answer.getByRole("img").waitFor();
    expect(await inaccessible(page)).toEqual([]);

    await answer.getByRole("button", { name: say.open }).first().click();
    await page.waitForURL((url) => url.searchParams.get("selected")?.endsWith(" r1") === true);
    const drawer = page.getByRole("complementary");
    await drawer.getByText("from data.metrics").waitFor();
    await drawer.getByText("cpu.usage").first().waitFor();
    await drawer.getByRole("button", { name: say.run }).click();
    await drawer.getByRole("region", { name: say.now }).getByText(say.fresh).waitFor();
    expect(await inaccessible(page)).toEqual([]);

    await page.reload();
    await page.getByTestId("answer").getByRole("heading", { name: say.question }).waitFor();
    // Other journeys may have asked the same before.
    const asked = page.getByRole("region", { name: say.threads }).getByRole("link", { name: say.question });
    await asked.first().waitFor();
    expect(faults).toEqual([]);
    await close();
  },
);

it("goes on in Korean: a follow-up, a name to choose, a plan changed by hand, the trace", async () => {
  const say = { ...words.ko, ...onwards };
  const { page, faults, close } = await visit(browser, "/ask", { language: "ko" });
  const first = await ask(page, say, say.question);
  await page.waitForURL(/\/ask\/threads\//);
  const thread = page.url();
  const followed = await ask(page, say, say.further);
  await followed
    .getByText(/^\d+(\.\d+)? %$/)
    .first()
    .waitFor();

  const unclear = await ask(page, say, say.unknown);
  const choice = unclear
    .getByRole("list", { name: say.choice })
    .getByRole("button", { name: /^opsloom on / });
  await choice.click();
  const chosen = page
    .getByTestId("answer")
    .filter({ has: page.getByRole("heading", { name: /opsloom on / }) });
  await chosen
    .getByText(/^\d+(\.\d+)? %$/)
    .first()
    .waitFor();
  expect(page.url()).toBe(thread);

  await first.getByText(say.how).click();
  await first.getByRole("button", { name: say.change }).click();
  await first.getByRole("combobox", { name: say.aggregate }).first().selectOption("min");
  await first.getByRole("button", { name: say.runPlan }).click();
  const again = page.getByTestId("answer").filter({ hasText: say.lowest });
  await again.getByText(say.how).click();
  await again.getByText(say.edited).waitFor();
  expect(await inaccessible(page)).toEqual([]);

  await again.getByRole("link", { name: say.trace }).click();
  await page.waitForURL(/\/traces\/[0-9a-f]{32}/);
  expect(faults).toEqual([]);
  await close();
});

it("does not ask while a Hangul letter is being put together", async () => {
  const { page, context, close } = await visit(browser, "/ask", { language: "ko" });
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/questions/stream")) asked.push(request.postData() ?? "");
  });
  await page.getByRole("textbox", { name: "질문", exact: true }).click();
  const devtools = await context.newCDPSession(page);
  const enter = { key: "Enter", code: "Enter", windowsVirtualKeyCode: 229 };
  await devtools.send("Input.imeSetComposition", { text: "도우마", selectionStart: 3, selectionEnd: 3 });
  await devtools.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...enter });
  await devtools.send("Input.dispatchKeyEvent", { type: "keyUp", ...enter });
  expect(asked).toEqual([]);
  await devtools.send("Input.insertText", { text: "도움말" });
  await page.keyboard.press("Shift+Enter");
  expect(await page.getByRole("textbox", { name: "질문", exact: true }).inputValue()).toBe("도움말\n");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/ask\/threads\/[0-9a-f-]{36}/);
  expect(asked).toHaveLength(1);
  await close();
});

it("lets go of a question that the server does not answer", async () => {
  const { page, close } = await visit(browser, "/ask");
  await page.route("**/questions/stream", async (route) => {
    await new Promise((done) => page.once("close", done));
    await route.abort().catch(() => undefined);
  });
  await page.getByRole("textbox", { name: "Your question" }).fill("How many alerts fired today?");
  await page.keyboard.press("Enter");
  const progress = page.getByTestId("progress");
  await progress.getByText("Read the question").waitFor();
  await page.getByRole("button", { name: "Stop" }).click();
  await progress.waitFor({ state: "detached" });
  await close();
});
