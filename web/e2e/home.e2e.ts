import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launch, visit } from "./harness/browser";
import { startServer } from "./harness/server";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

it("shows this machine's own metrics, and they move by themselves", async () => {
  const { page, faults, close } = await visit(browser, "/?from=now-5m");
  const panel = page.getByRole("region", { name: "CPU", exact: true });
  await panel.getByRole("img", { name: /^CPU: CPU [\d.,]+%/ }).waitFor();
  await page.getByRole("button", { name: "Live", exact: true }).waitFor();
  // Two more samples have to arrive through the stream: nothing is clicked, nothing is reloaded.
  for (let sample = 0; sample < 2; sample += 1)
    await page.waitForResponse((answer) => answer.url().endsWith("/api/v1/metrics/query") && answer.ok());
  await page.getByRole("region", { name: "Memory", exact: true }).getByRole("img").waitFor();
  expect(faults).toEqual([]);
  await close();
});

it("chooses the time range by dragging over a panel", async () => {
  const { page, close } = await visit(browser, "/?from=now-5m");
  const plot = page.getByRole("region", { name: "Memory", exact: true }).locator(".u-over");
  await plot.waitFor();
  const box = await plot.boundingBox();
  if (box === null) throw new Error("the plot is not on screen");
  await page.mouse.move(box.x + box.width * 0.3, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.7, box.y + 40, { steps: 5 });
  await page.mouse.up();
  await page.waitForURL((url) => url.searchParams.get("from")?.includes("T") === true);
  await close();
});

it("shows an event and a firing alert as they happen", async () => {
  const { page, context, faults, close } = await visit(browser, "/");
  await page.getByRole("button", { name: "Live", exact: true }).waitFor();
  const csrf = (await context.cookies()).find(({ name }) => name === "opsloom_csrf")?.value ?? "";
  const headers = { "X-CSRF-Token": csrf };
  const mark = `probe-${Date.now()}`;
  const event = { id: mark, source: "/browser-test", type: "probe.sent", subject: mark, severity: "warning" };
  expect((await page.request.post("/api/v1/events", { data: event, headers })).ok()).toBe(true);
  await page.getByRole("region", { name: "Recent events" }).getByText(mark).waitFor();

  // True for every sample of this machine's processor: the next one, within five seconds, fires it.
  const rule = {
    kind: "threshold",
    name: mark,
    source: { type: "metric", metric: "cpu.usage" },
    condition: "value >= 0",
    severity: "critical",
  };
  const made = await page.request.post("/api/v1/rules", { data: rule, headers });
  const { id, revision } = await made.json();
  const match = { ...headers, "If-Match": `"${revision}"` };
  expect((await page.request.post(`/api/v1/rules/${id}/publish`, { data: {}, headers: match })).ok()).toBe(
    true,
  );
  const alerts = page.getByRole("region", { name: "Open alerts" });
  await alerts.getByRole("link", { name: new RegExp(mark) }).waitFor();
  await alerts.getByText("Critical").first().waitFor();
  await page.request.post(`/api/v1/rules/${id}/unpublish`, { data: {}, headers });
  expect(faults).toEqual([]);
  await close();
});

it.runIf(process.env["OPSLOOM_URL"] === undefined)(
  "sets up from the one-time link, in Korean, and shows the machine",
  async () => {
    const server = await startServer();
    const link = /\/setup#token=\S+/.exec(server.printed())?.[0];
    if (link === undefined) throw new Error(`no set-up link:\n${server.printed()}`);
    const account = { url: server.url, email: "", password: "" };
    const context = await browser.newContext({ baseURL: account.url, locale: "ko-KR" });
    const page = await context.newPage();
    await page.goto("/");
    await page.waitForURL(/\/setup/);
    await page.goto(link);
    await page.reload();
    await page.getByLabel("조직 이름").fill("오름 운영팀");
    await page.getByLabel("이름", { exact: true }).fill("김하늘");
    await page.getByLabel("이메일").fill("haneul@example.com");
    const password = page.getByRole("textbox", { name: "비밀번호" });
    await password.fill("짧음");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").waitFor();
    await password.fill("weaving-threads-at-noon");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "홈" }).waitFor();
    await page
      .getByRole("region", { name: "CPU", exact: true })
      .getByRole("img", { name: /%/ })
      .waitFor({ timeout: 45_000 });
    await context.close();
    await server.stop();
  },
  120_000,
);
