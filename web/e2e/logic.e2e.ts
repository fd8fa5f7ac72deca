import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { begin, button, writeLogic } from "./harness/api-steps";
import { words } from "./harness/api-words";
import { inaccessible, type Language, launch, settled, tooSmall, visit } from "./harness/browser";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

it.each<Language>(["en", "ko"])(
  "a durable workflow waits for a person, who answers on its page, in %s",
  async (language) => {
    const say = words[language];
    const path = `ask-${language}-${Date.now()}`;
    const { page, faults, close } = await visit(browser, "/apis/new", { language });
    await begin(page, say, say.workflow, `Asking ${path}`, path);
    const logic = {
      type: "workflow",
      nodes: [
        { id: "ok", type: "approval", message: "'Clean it?'" },
        { id: "done", type: "value", value: '{"cleaned": true}', x: 300, y: 0 },
      ],
      edges: [{ source: "ok", target: "done", port: "approved" }],
      durable: true,
    };
    await writeLogic(page, say, logic);
    await page.getByText(say.fine).first().waitFor();
    await button(page, say.create).click();
    await page.getByRole("heading", { level: 1, name: `Asking ${path}` }).waitFor();
    await page.getByRole("tabpanel").getByRole("button", { name: say.run, exact: true }).click();
    await page.getByRole("link", { name: say.seeRun }).click();

    await page.getByText("Clean it?").waitFor();
    await page.locator('.react-flow__node[data-id="ok"]').waitFor();
    expect(await inaccessible(page)).toEqual([]);
    expect(await tooSmall(page)).toEqual([]);
    await button(page, say.approve).click();
    await page.getByRole("region", { name: say.gave }).getByText('"cleaned": true').waitFor();
    await page.locator('.react-flow__node[data-id="done"]').getByText(say.succeeded).waitFor();
    await page.getByRole("link", { name: say.runs, exact: true }).first().click();
    await page
      .getByRole("table", { name: say.runs })
      .getByRole("link", { name: `Asking ${path}` })
      .waitFor();
    expect(await inaccessible(page)).toEqual([]);
    await settled(page);
    expect(faults).toEqual([]);
    await close();
  },
);
