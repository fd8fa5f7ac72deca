import type { Browser } from "playwright-core";
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
    before: "Asked before",
  },
  ko: {
    box: "질문",
    question: "이 서버의 최근 10분 CPU 최고값은?",
    open: /^r1: .*CPU 사용률 최고값의 근거/,
    run: "다시 실행",
    now: "다시 실행한 결과",
    fresh: "지금 값",
    before: "지난 질문",
  },
} as const;

it.each<Language>(["en", "ko"])(
  "answers with the number, a chart and evidence that runs again, in %s",
  async (language) => {
    const say = words[language];
    const { page, faults, close } = await visit(browser, "/ask", { language });
    await page.getByRole("textbox", { name: say.box }).fill(say.question);
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/ask\/[0-9a-f-]{36}/);
    const answer = page.getByTestId("answer");
    await answer.getByRole("heading", { name: say.question }).waitFor();
    await answer
      .getByText(/^\d+(\.\d+)? %$/)
      .first()
      .waitFor();
    await answer.getByRole("img").waitFor();
    expect(await inaccessible(page)).toEqual([]);

    await answer.getByRole("button", { name: say.open }).first().click();
    await page.waitForURL((url) => url.searchParams.get("selected") === "r1");
    const drawer = page.getByRole("complementary");
    await drawer.getByText("from data.metrics").waitFor();
    await drawer.getByText("cpu.usage").first().waitFor();
    await drawer.getByRole("button", { name: say.run }).click();
    await drawer.getByRole("region", { name: say.now }).getByText(say.fresh).waitFor();
    expect(await inaccessible(page)).toEqual([]);

    await page.reload();
    await page.getByTestId("answer").getByRole("heading", { name: say.question }).waitFor();
    await page
      .getByRole("region", { name: say.before })
      .getByRole("link", { name: say.question })
      .first()
      .waitFor();
    expect(faults).toEqual([]);
    await close();
  },
);

it("does not ask while a Hangul letter is being put together", async () => {
  const { page, context, close } = await visit(browser, "/ask", { language: "ko" });
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/questions/stream")) asked.push(request.postData() ?? "");
  });
  await page.getByRole("textbox", { name: "질문" }).click();
  const devtools = await context.newCDPSession(page);
  const enter = { key: "Enter", code: "Enter", windowsVirtualKeyCode: 229 };
  await devtools.send("Input.imeSetComposition", { text: "도우마", selectionStart: 3, selectionEnd: 3 });
  await devtools.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...enter });
  await devtools.send("Input.dispatchKeyEvent", { type: "keyUp", ...enter });
  expect(asked).toEqual([]);
  await devtools.send("Input.insertText", { text: "도움말" });
  await page.keyboard.press("Shift+Enter");
  expect(await page.getByRole("textbox", { name: "질문" }).inputValue()).toBe("도움말\n");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/ask\/[0-9a-f-]{36}/);
  expect(asked).toHaveLength(1);
  await close();
});

it("keeps what arrived when it is stopped", async () => {
  const { page, close } = await visit(browser, "/ask");
  // The server is quicker than a hand: the answer is held back until somebody gives up.
  await page.route("**/questions/stream", async (route) => {
    await new Promise((done) => page.once("close", done));
    await route.abort().catch(() => undefined);
  });
  await page.getByRole("textbox", { name: "Your question" }).fill("How many alerts fired today?");
  await page.keyboard.press("Enter");
  const progress = page.getByTestId("progress");
  await progress.getByText("Read the question").waitFor();
  await page.getByRole("button", { name: "Stop" }).click();
  await progress.getByText("Stopped.").waitFor();
  await page.getByRole("button", { name: "Ask again" }).waitFor();
  await close();
});
