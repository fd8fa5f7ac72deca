import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { inaccessible, type Language, launch, settled, tooSmall, visit } from "./harness/browser";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

const words = {
  en: {
    new: "New asset",
    kind: "Kind",
    policy: "Policy",
    name: "Name",
    tags: "Tags",
    approvals: "Approvals needed",
    create: "Create draft",
    saved: "Saved",
    publish: "Publish",
    published: "is published",
    versions: "Versions",
    change: "approvals",
    rollback: "Roll back",
    rolledBack: "is at v1 again",
    links: "Links",
    uses: "It uses nothing",
    graph: "Graph",
    alone: "Nothing is linked to it",
    history: "History",
    entry: "Rolled back",
    more: "More steps",
    archive: "Archive",
    typeIt: /^Type .* to confirm$/,
    archived: "Archived",
    restore: "Restore",
    draft: "Draft",
    undo: /^Undo/,
    yaml: "YAML",
    text: "Content as YAML",
  },
  ko: {
    new: "새 에셋",
    kind: "종류",
    policy: "정책",
    name: "이름",
    tags: "태그",
    approvals: "필요한 승인 수",
    create: "초안 만들기",
    saved: "저장됨",
    publish: "게시",
    published: "게시되었습니다",
    versions: "버전",
    change: "approvals",
    rollback: "롤백",
    rolledBack: "돌아갔습니다",
    links: "연결 관계",
    uses: "사용하는 에셋이 없습니다",
    graph: "그래프",
    alone: "연결된 에셋이 없습니다",
    history: "기록",
    entry: "롤백",
    more: "더 보기",
    archive: "보관",
    typeIt: /입력/,
    archived: "보관됨",
    restore: "복원",
    draft: "초안",
    undo: /^실행 취소/,
    yaml: "YAML",
    text: "내용(YAML)",
  },
} as const;

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name, exact: true });
const tab = (page: Page, name: string) => page.getByRole("tab", { name, exact: true });

/** The step's dialog, its impact read. */
async function step(page: Page, name: string) {
  const dialog = page.getByRole("dialog");
  const go = dialog.getByRole("button", { name, exact: true });
  await go.waitFor();
  expect(await inaccessible(page)).toEqual([]);
  return { dialog, go };
}

it.each<Language>(["en", "ko"])("takes a policy through its life, in %s", async (language) => {
  const say = words[language];
  const name = `Two pairs of eyes ${language} ${Date.now()}`;
  const { page, faults, close } = await visit(browser, "/assets", { language });

  await button(page, say.new).first().click();
  const making = page.getByRole("dialog", { name: say.new });
  await making.getByLabel(say.kind, { exact: true }).selectOption({ label: say.policy });
  await making.getByRole("textbox", { name: say.name }).fill(name);
  // A tag that no asset has: the policy is real and holds for nothing else.
  await making.getByLabel(say.tags, { exact: true }).last().fill(`only-${language}`);
  await page.keyboard.press("Enter");
  await making.getByRole("button", { name: say.create }).click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
  expect(await inaccessible(page)).toEqual([]);
  expect(await tooSmall(page)).toEqual([]);

  await button(page, say.publish).click();
  await (await step(page, say.publish)).go.click();
  await page.getByText(say.published).waitFor();

  const approvals = page.getByRole("textbox", { name: say.approvals });
  await approvals.fill("3");
  await button(page, say.undo).click();
  await expect.poll(() => approvals.inputValue()).toBe("1");
  await page.keyboard.press("Control+Shift+KeyZ");
  await expect.poll(() => approvals.inputValue()).toBe("3");
  await page.getByText(say.saved, { exact: true }).waitFor();
  await page.getByText(say.yaml, { exact: true }).click();
  const text = page.getByRole("textbox", { name: say.text });
  await text.locator("div", { hasText: "approvals: 3" }).waitFor();
  expect(await inaccessible(page)).toEqual([]);
  await button(page, say.publish).click();
  await (await step(page, say.publish)).go.click();
  await page.getByText(/v2/).first().waitFor();

  await tab(page, say.versions).click();
  const compare = page.locator("select");
  await compare.first().selectOption("1");
  await compare.last().selectOption("2");
  await page.getByRole("listitem").filter({ hasText: say.change }).waitFor();
  expect(await inaccessible(page)).toEqual([]);
  await button(page, say.rollback).click();
  await (await step(page, say.rollback)).go.click();
  await page.getByText(say.rolledBack).waitFor();

  await tab(page, say.links).click();
  await page.getByText(say.uses).waitFor();
  await page.getByText(say.graph, { exact: true }).click();
  await page.getByText(say.alone).waitFor();
  await tab(page, say.history).click();
  await page.getByText(say.entry, { exact: true }).waitFor();
  expect(await inaccessible(page)).toEqual([]);

  await button(page, say.more).click();
  await page.getByRole("menuitem", { name: say.archive }).click();
  const archiving = await step(page, say.archive);
  expect(await archiving.go.isDisabled()).toBe(true);
  await archiving.dialog.getByRole("textbox", { name: say.typeIt }).fill(name);
  await archiving.go.click();
  await page.getByText(say.archived, { exact: true }).first().waitFor();
  await button(page, say.restore).click();
  await page.getByText(say.draft, { exact: true }).first().waitFor();
  await settled(page);
  expect(faults).toEqual([]);
  await close();
});
