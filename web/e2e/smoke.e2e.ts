import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  inaccessible,
  type Language,
  launch,
  open,
  profile,
  type Scheme,
  settled,
  tooSmall,
  visit,
} from "./harness/browser";
import { pages } from "./pages";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

const looks: [Scheme, Language][] = [
  ["light", "en"],
  ["light", "ko"],
  ["dark", "en"],
  ["dark", "ko"],
];

describe.each(looks)("%s, %s", (scheme, language) => {
  // One profile for all pages of a look: the files are loaded once, as in a real visit.
  let context: BrowserContext;
  beforeAll(async () => {
    context = await profile(browser, { scheme, language });
  });
  afterAll(() => context.close());

  it.each(pages)("$path shows itself without a fault", async ({ path, title }) => {
    const { page, faults } = await open(context, path);
    await page.getByRole("heading", { level: 1, name: title[language], exact: true }).waitFor();
    await settled(page);
    expect(await page.locator("html").getAttribute("lang")).toBe(language);
    expect(await page.locator("html").getAttribute("data-mantine-color-scheme")).toBe(scheme);
    expect(await inaccessible(page)).toEqual([]);
    expect(await tooSmall(page)).toEqual([]);
    expect(await page.getByRole("alert").count()).toBe(0);
    expect(faults).toEqual([]);
    await page.close();
  });

  it.each(["/login", "/nowhere"])("%s shows itself without a fault", async (path) => {
    const { page, faults } = await open(context, path);
    await page.locator("main").first().waitFor();
    expect(await inaccessible(page)).toEqual([]);
    expect(await tooSmall(page)).toEqual([]);
    expect(faults).toEqual([]);
    await page.close();
  });
});

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
