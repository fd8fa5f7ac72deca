// What several people, or several assets, do to each other: a merge, bulk steps, a refusal, a review.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { call } from "./harness/api-call";
import {
  colours,
  inaccessible,
  type Language,
  launch,
  place,
  type Scheme,
  settled,
  tooSmall,
  visit,
} from "./harness/browser";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

interface Made {
  id: string;
  key: string;
  name: string;
}

const policy = (approvals: number, tag: string) => ({ type: "review", kinds: [], tags: [tag], approvals });
const make = (page: Page, name: string, content: object, kind = "policy") =>
  call<Made>(page, "post", "/assets", { kind, name, content });
const mark = () => Math.random().toString(36).slice(2, 8);
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

it("shows both sides when somebody else saved first, and takes what is chosen", async () => {
  const { page, close } = await visit(browser, "/assets");
  const name = `Merged ${mark()}`;
  const made = await make(page, name, policy(1, "nobody"));
  await page.goto(`/assets/${made.id}`);
  const approvals = page.getByRole("textbox", { name: "Approvals needed" });
  await approvals.waitFor();
  // They save while this page hears of nothing.
  await page.route(`**/api/v1/assets/${made.id}`, (route) =>
    route.request().method() === "GET" ? route.abort() : route.continue(),
  );
  await call(
    page,
    "put",
    `/assets/${made.id}`,
    { name, description: "theirs", content: policy(4, "nobody") },
    1,
  );
  await approvals.fill("2");
  const dialog = page.getByRole("dialog", { name: "Somebody else saved first" });
  await dialog.waitFor();
  await page.unroute(`**/api/v1/assets/${made.id}`);
  expect(await inaccessible(page)).toEqual([]);
  const take = dialog.getByRole("button", { name: "Take this" });
  expect(await take.isDisabled()).toBe(true);
  await dialog
    .getByRole("radiogroup", { name: "/content/approvals" })
    .getByRole("radio", { name: /^Mine/ })
    .click();
  await take.click();
  await page.getByText("Saved", { exact: true }).waitFor();
  const saved = await (await page.request.get(`/api/v1/assets/${made.id}`)).json();
  expect(saved).toMatchObject({ description: "theirs", content: { approvals: 2 }, draft_revision: 3 });
  await close();
});

it("keeps a draft that cannot be saved yet, over a reload", async () => {
  const { page, close } = await visit(browser, "/assets");
  const made = await make(page, `Kept ${mark()}`, policy(1, "nobody"));
  await page.goto(`/assets/${made.id}`);
  const approvals = page.getByRole("textbox", { name: "Approvals needed" });
  await approvals.fill("9");
  await page.getByText("At most 5.").waitFor();
  await page.getByText("Not saved: see the marked places").waitFor();
  page.on("dialog", (dialog) => void dialog.accept());
  await page.reload();
  await page.getByText("were brought back from this browser").waitFor();
  expect(await approvals.inputValue()).toBe("9");
  await approvals.fill("3");
  await page.getByText("Saved", { exact: true }).waitFor();
  await close();
});

it("ticks by keyboard, acts on each by itself, and keeps the view under a name", async () => {
  const { page, faults, close } = await visit(browser, "/assets");
  const tag = `bulk-${mark()}`;
  const names = [`${tag} one`, `${tag} two`];
  for (const each of names) await make(page, each, policy(1, tag));
  await page.goto(`/assets?q=${tag}`);
  await page.getByRole("row", { name: new RegExp(names[0] ?? "") }).waitFor();
  await settled(page);
  for (const key of ["j", "x"]) await page.keyboard.press(key);
  await page.getByText("1 ticked").waitFor();
  for (const key of ["j", "x"]) await page.keyboard.press(key);
  await page.getByText("2 ticked").waitFor();
  await button(page, "Publish").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Publish" }).click();
  await dialog.getByText("2 done, 0 refused").waitFor();
  expect(await inaccessible(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await expect.poll(() => page.getByText("Published v1").count()).toBe(2);

  await button(page, "Keep this view").click();
  await page.getByRole("textbox", { name: "Name of the view" }).fill(`view ${tag}`);
  await page.getByRole("dialog").getByRole("button", { name: "Keep", exact: true }).click();
  await page.goto("/assets");
  await button(page, `view ${tag}`).click();
  await page.waitForURL((url) => url.searchParams.get("q") === tag);
  await button(page, `Forget view ${tag}`).click();
  await button(page, `view ${tag}`).waitFor({ state: "detached" });
  expect(faults).toEqual([]);
  await close();
});

it("says whom a step would break, shows the links, and does it only when forced", async () => {
  const { page, faults, close } = await visit(browser, "/assets");
  const id = mark();
  const connection = await make(
    page,
    `Billing ${id}`,
    { config: { type: "http", url: "https://billing.example.com" } },
    "connection",
  );
  await call(page, "post", `/assets/${connection.id}/publish`, {});
  const logic = { type: "http", connection: connection.key, method: "GET", path: "/bills" };
  const api = await make(page, `Bills ${id}`, { path: `bills-${id}`, method: "GET", logic }, "api");
  await call(page, "post", `/assets/${api.id}/publish`, {});
  await page.goto(`/assets/${connection.id}?tab=links`);
  await page.getByRole("link", { name: `Bills ${id}` }).waitFor();
  await page.getByText("Graph", { exact: true }).click();
  await page.getByRole("button", { name: `Bills ${id}` }).waitFor();
  expect(await inaccessible(page)).toEqual([]);
  await button(page, "More steps").click();
  await page.getByRole("menuitem", { name: "Unpublish" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("1 asset in force uses it; 1 would break.").waitFor();
  expect(await inaccessible(page)).toEqual([]);
  const go = dialog.getByRole("button", { name: "Unpublish" });
  expect(await go.isDisabled()).toBe(true);
  await dialog.getByRole("checkbox", { name: "Do it although others break" }).check();
  await dialog.getByRole("textbox", { name: /^Type/ }).fill(`Billing ${id}`);
  await go.click();
  await page.getByText("is out of force").waitFor();
  await page.goto(`/assets/${api.id}?tab=links`);
  await page.getByText("Not published", { exact: true }).waitFor();
  await settled(page);
  expect(faults).toEqual([]);
  await close();
});

it("needs somebody else's approval where a policy says so", async () => {
  const { page, close } = await visit(browser, "/assets");
  const tag = `seen-${mark()}`;
  const rule = await make(page, `Policy ${tag}`, policy(1, tag));
  await call(page, "post", `/assets/${rule.id}/publish`, {});
  const made = await call<Made>(page, "post", "/assets", {
    kind: "policy",
    name: `Watched ${tag}`,
    tags: [tag],
    content: policy(2, "nobody"),
  });
  await page.goto(`/assets/${made.id}`);
  await button(page, "Publish").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Another person's approval is missing").waitFor();
  await dialog.getByRole("button", { name: "Ask for a review" }).click();
  await page.getByRole("textbox", { name: "What to look at" }).fill("the number");
  await button(page, "Ask for a review").click();
  await page.getByText("A review of this draft is asked for.").waitFor();

  const email = `${tag}@example.com`;
  const password = "a-quiet-loom-at-dawn";
  await call(page, "post", "/users", { email, password, name: "Reviewer", role: "admin" });
  const other = await visit(browser, `/assets/${made.id}?tab=reviews`, {}, { ...place(), email, password });
  const reject = button(other.page, "Reject");
  await reject.waitFor();
  expect(await reject.isDisabled()).toBe(true);
  expect(await inaccessible(other.page)).toEqual([]);
  await button(other.page, "Approve").click();
  await other.page.getByText("Reviewer approved").waitFor();
  expect(other.faults).toEqual([]);
  await other.close();

  await page.getByText("1 of 1 approvals").waitFor();
  await button(page, "Publish").click();
  await dialog.getByRole("button", { name: "Publish" }).click();
  await page.getByText("is published").waitFor();
  await call(page, "post", `/assets/${rule.id}/archive`, {});
  await close();
});

const views = [
  "",
  "?as=yaml",
  "?as=json",
  "?tab=versions",
  "?tab=links",
  "?tab=links&as=graph",
  "?tab=reviews",
  "?tab=history",
];

it.each<[Language, Scheme, Scheme]>([
  ["en", "light", "dark"],
  ["ko", "dark", "light"],
])("shows every view of an asset without a fault, in %s, %s and then %s", async (language, first, then) => {
  const { page, faults, close } = await visit(browser, "/assets", { scheme: first, language });
  const id = mark();
  const server = { config: { type: "http", url: "https://shown.example.com" } };
  const connection = await make(page, `Shown ${id}`, server, "connection");
  // What it uses is a draft, and what else it names does not exist: both are shown as broken.
  const logic = { type: "http", connection: connection.key, method: "GET", path: "/bills" };
  const made = await make(page, `Looks ${id}`, { path: `looks-${id}`, method: "GET", logic }, "api");
  await call(page, "post", `/assets/${made.id}/reviews`, { comment: "" });
  for (const view of views) {
    await page.emulateMedia({ colorScheme: first });
    await page.goto(`/assets/${made.id}${view}`);
    await page.getByRole("heading", { level: 1, name: `Looks ${id}` }).waitFor();
    await page.getByRole("tabpanel").waitFor();
    await settled(page);
    expect(await inaccessible(page), view).toEqual([]);
    expect(await tooSmall(page), view).toEqual([]);
    await page.emulateMedia({ colorScheme: then });
    await page.locator(`html[data-mantine-color-scheme="${then}"]`).waitFor();
    expect(await inaccessible(page, colours), view).toEqual([]);
  }
  expect(faults).toEqual([]);
  await close();
});
