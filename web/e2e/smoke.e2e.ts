import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed } from "vitest";
import {
  colours,
  inaccessible,
  type Language,
  launch,
  profile,
  report,
  type Scheme,
  settled,
  tooSmall,
  visit,
  watch,
} from "./harness/browser";
import { pages } from "./pages";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

// Each page is loaded in both languages, and in both themes: once light and then darkened, once the other way round.
const looks: [Language, Scheme, Scheme][] = [
  ["en", "light", "dark"],
  ["ko", "dark", "light"],
];

describe.each(looks)("in %s, %s and then %s", (language, first, then) => {
  // One tab for all pages of a look, as in a real visit: a new one costs more than everything a page does.
  let context: BrowserContext;
  let page: Page;
  let faults: string[];
  beforeAll(async () => {
    context = await profile(browser, { scheme: first, language });
    page = await context.newPage();
    faults = watch(page);
  });
  beforeEach(async () => {
    await page.emulateMedia({ colorScheme: first });
    faults.length = 0;
    onTestFailed(() => report(page, faults));
  });
  afterAll(() => context.close());

  it.each(pages)("$path shows itself without a fault", async ({ path, title }) => {
    await page.goto(path);
    await page.getByRole("heading", { level: 1, name: title[language], exact: true }).waitFor();
    await settled(page);
    expect(await page.locator("html").getAttribute("lang")).toBe(language);
    await isIn(page, first);
    expect(await inaccessible(page)).toEqual([]);
    expect(await tooSmall(page)).toEqual([]);
    expect(await page.getByRole("alert").count()).toBe(0);
    await page.emulateMedia({ colorScheme: then });
    await isIn(page, then);
    expect(await inaccessible(page, colours)).toEqual([]);
    expect(await page.getByRole("alert").count()).toBe(0);
    expect(faults).toEqual([]);
  });

  it.each(["/login", "/nowhere"])("%s shows itself without a fault", async (path) => {
    await page.goto(path);
    await page.locator("main").first().waitFor();
    expect(await inaccessible(page)).toEqual([]);
    expect(await tooSmall(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: then });
    await isIn(page, then);
    expect(await inaccessible(page, colours)).toEqual([]);
    expect(faults).toEqual([]);
  });
});

async function isIn(page: Page, scheme: Scheme): Promise<void> {
  await page.locator(`html[data-mantine-color-scheme="${scheme}"]`).waitFor();
}

it("is served under a strict content security policy", async () => {
  const { page, close } = await visit(browser, "/");
  const policy = (await page.request.get("/")).headers()["content-security-policy"] ?? "";
  const directive = (name: string) =>
    policy
      .split(";")
      .map((part) => part.trim())
      .find((part) => part.startsWith(`${name} `));
  expect(directive("script-src")).toBe("script-src 'self'");
  expect(directive("default-src")).toBe("default-src 'self'");
  expect(directive("object-src")).toBe("object-src 'none'");
  expect(directive("frame-ancestors")).toBe("frame-ancestors 'none'");
  expect(directive("base-uri")).toBe("base-uri 'none'");
  expect(await page.evaluate(() => document.querySelectorAll("script:not([src])").length)).toBe(0);
  await close();
});
