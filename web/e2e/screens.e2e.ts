// A published screen at its address: what it shows, what its buttons do, and what it may not do.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { call } from "./harness/api-call";
import { inaccessible, type Language, launch, settled, visit } from "./harness/browser";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

async function publish(page: Page, kind: string, name: string, content: object): Promise<void> {
  const { id } = await call<{ id: string }>(page, "post", "/assets", { kind, name, content });
  await call(page, "post", `/assets/${id}/publish`, {});
}

const step = (...steps: object[]) => ({ click: { steps } });

function document(slug: string, api: string): object {
  return {
    slug,
    title: { en: "Board", ko: "현황판" },
    permissions: ["apis.run"],
    parameters: [{ name: "site", initial: "seoul" }],
    state: { n: { initial: 1 }, said: { initial: "" } },
    data: { kinds: { type: "api", api }, items: { type: "items", when: "{{ state.n = 99 }}" } },
    root: {
      type: "column",
      id: "root",
      children: [
        {
          type: "text",
          id: "site",
          text: "{{ 'site ' & parameters.site & ' n ' & state.n & ' ' & state.said }}",
        },
        {
          type: "stat",
          id: "count",
          label: { en: "Rows", ko: "행" },
          value: "{{ $count(data.kinds.rows) }}",
        },
        {
          type: "table",
          id: "kinds",
          label: { en: "Kinds", ko: "종류" },
          rows: "{{ data.kinds.rows }}",
          columns: [
            { key: "kind", tones: [{ when: "{{ value = 'b' }}", tone: "critical" }] },
            { key: "n", kind: "number" },
          ],
          actions: [
            {
              id: "take",
              label: { en: "Take", ko: "가져오기" },
              run: { steps: [{ do: "set_state", state: "said", value: "{{ event.row.kind }}" }] },
            },
          ],
        },
        {
          type: "button",
          id: "more",
          label: { en: "More", ko: "더" },
          on: step({ do: "confirm", text: "?" }, { do: "set_state", state: "n", value: "{{ state.n + 1 }}" }),
        },
        {
          type: "button",
          id: "open",
          label: { en: "Fill in", ko: "적기" },
          on: step({ do: "open", component: "sheet" }),
        },
        {
          type: "modal",
          id: "sheet",
          label: { en: "Sheet", ko: "양식" },
          children: [
            {
              type: "form",
              id: "form",
              submit_label: { en: "Send it", ko: "보내기" },
              submit: {
                steps: [
                  { do: "set_state", state: "said", value: "{{ event.values.word }}" },
                  { do: "close", component: "sheet" },
                ],
              },
              children: [{ type: "input", id: "word", label: { en: "Word", ko: "낱말" }, required: true }],
            },
          ],
        },
        { type: "markdown", id: "mark", text: "**b** <img src=x onerror=alert(1)>" },
      ],
    },
  };
}

const words = {
  en: {
    more: "More",
    yes: "Go on",
    fill: "Fill in",
    send: "Send it",
    word: "Word",
    needed: "This is needed",
    take: "Take",
  },
  ko: {
    more: "더",
    yes: "계속",
    fill: "적기",
    send: "보내기",
    word: "낱말",
    needed: "꼭 필요합니다",
    take: "가져오기",
  },
};

it.each<Language>(["en", "ko"])("shows data, acts and keeps to what it declares, in %s", async (language) => {
  const { page, faults, close } = await visit(browser, "/screens", { language });
  const t = words[language];
  const mark = Math.random().toString(36).slice(2, 8);
  const sql = "select v.kind, v.n from (values ('a', 1), ('b', 2), ('c', 3)) v(kind, n) order by v.n";
  await publish(page, "api", `kinds-${mark}`, { path: `kinds/${mark}`, logic: { type: "sql", sql } });
  // Nothing of a screen is called by what it declares no right to: the gate says so before.
  const wrong = await call<{ publishable: boolean }>(page, "post", "/screens/check", {
    content: document(`b-${mark}`, `kinds-${mark}`),
  });
  expect(wrong.publishable).toBe(false);
  const whole = { ...document(`b-${mark}`, `kinds-${mark}`), permissions: ["apis.run", "inventory.read"] };
  await publish(page, "screen", `board-${mark}`, whole);

  await page.goto(`/s/b-${mark}?site=busan`);
  await page.getByText("site busan n 1").waitFor();
  await page.getByRole("cell", { name: "b", exact: true }).waitFor();
  await settled(page);
  expect(await inaccessible(page)).toEqual([]);
  await page.getByRole("button", { name: t.more, exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: t.yes }).click();
  await page.getByText("site busan n 2").waitFor();
  await page.getByRole("row", { name: /^b/ }).getByRole("button", { name: t.take }).click();
  await page.getByText("site busan n 2 b").waitFor();
  await page.getByRole("button", { name: t.fill, exact: true }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("button", { name: t.send }).click();
  await sheet.getByText(t.needed).waitFor();
  await sheet.getByLabel(t.word).fill("done");
  await sheet.getByRole("button", { name: t.send }).click();
  await page.getByText("site busan n 2 done").waitFor();
  expect(await page.locator("img[src=x]").count()).toBe(0);
  expect(faults).toEqual([]);
  await close();
});
