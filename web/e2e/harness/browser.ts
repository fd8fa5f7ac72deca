// One Chromium for a test file; a fresh profile for every page; everything that went wrong on it is kept.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { inject, onTestFailed } from "vitest";
import type { Account, Place } from "./server";

const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export type Scheme = "light" | "dark";
export type Language = "ko" | "en";

export interface Look {
  scheme?: Scheme;
  language?: Language;
}

export interface Visit {
  page: Page;
  context: BrowserContext;
  /** Console errors, uncaught errors and CSP violations so far. */
  faults: string[];
  close(): Promise<void>;
}

/** This worker's own server, and who runs it. */
export function place(): Place {
  const found = inject("places")[Number(process.env["VITEST_POOL_ID"]) - 1];
  if (found === undefined) throw new Error("this worker has no server");
  return found;
}

export async function launch(): Promise<Browser> {
  if (!existsSync(executablePath))
    throw new Error(`${executablePath} is missing: install Debian's package chromium`);
  return chromium.launch({ executablePath, headless: true, args });
}

type Cookies = Awaited<ReturnType<BrowserContext["cookies"]>>;
const signedIn = new Map<string, Cookies>();

/** Signs in over HTTP, once for each account: a login costs the server a slow hash. */
async function signIn(context: BrowserContext, { url, email, password }: Account): Promise<void> {
  const known = signedIn.get(`${url} ${email}`);
  if (known !== undefined) return context.addCookies(known);
  const answer = await context.request.post(`${url}/api/v1/auth/login`, { data: { email, password } });
  if (!answer.ok()) throw new Error(`sign-in answered ${answer.status()}: ${await answer.text()}`);
  signedIn.set(`${url} ${email}`, await context.cookies());
}

/** A fresh browser profile; `account: null` leaves it signed out. */
export async function profile(
  browser: Browser,
  { scheme = "light", language = "en" }: Look = {},
  account: Account | null = place(),
): Promise<BrowserContext> {
  const context = await browser.newContext({
    baseURL: (account ?? place()).url,
    viewport: { width: 1440, height: 900 },
    colorScheme: scheme,
    locale: language === "ko" ? "ko-KR" : "en-US",
    timezoneId: "Asia/Seoul",
  });
  if (account !== null) await signIn(context, account);
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      // biome-ignore lint/suspicious/noConsole: this is how the page tells the test
      console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  return context;
}

/** What goes wrong on a page from now on. */
export function watch(page: Page): string[] {
  const faults: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`uncaught: ${error.message}`));
  return faults;
}

export async function open(context: BrowserContext, path: string): Promise<{ page: Page; faults: string[] }> {
  const page = await context.newPage();
  const faults = watch(page);
  onTestFailed(() => report(page, faults));
  await page.goto(path);
  return { page, faults };
}

/** What a person would have seen where a test failed. */
export async function report(page: Page, faults: readonly string[]): Promise<void> {
  const seen = page.isClosed() ? "closed" : await page.locator("body").ariaSnapshot({ timeout: 5000 });
  process.stdout.write(
    `${page.url()}\n${faults.join("\n")}\n${seen.slice(Math.max(0, seen.indexOf("- main")), 8000)}\n`,
  );
}

/** A page in a profile of its own. */
export async function visit(
  browser: Browser,
  path: string,
  look: Look = {},
  account: Account | null = place(),
): Promise<Visit> {
  const context = await profile(browser, look, account);
  return { ...(await open(context, path)), context, close: () => context.close() };
}

/** Waits until nothing on the page is loading. */
export async function settled(page: Page): Promise<void> {
  const loading = page.getByRole("status", { name: /^(Loading|불러오는 중)$/ });
  while ((await loading.count()) > 0) await loading.first().waitFor({ state: "detached" });
}

interface Finding {
  id: string;
  impact: string | null;
  nodes: { target: string[]; failureSummary: string }[];
}

/** The rules whose verdict the theme can change. */
export const colours = ["color-contrast", "link-in-text-block"];

/** What axe finds serious or critical, one line each; by all rules, or by some. */
export async function inaccessible(page: Page, rules?: readonly string[]): Promise<string[]> {
  await stillness(page);
  await page.evaluate(axe);
  const findings = await page.evaluate(async (only) => {
    const { axe } = window as unknown as {
      axe: { run(root: Document, options: object): Promise<{ violations: Finding[] }> };
    };
    // Only what is wrong is written out, and no style sheet is fetched a second time: no rule of ours reads them.
    const options = { resultTypes: ["violations"], preload: false, ...(only && { runOnly: only }) };
    return (await axe.run(document, options)).violations;
  }, rules);
  return findings
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes.map(
        ({ target, failureSummary }) => `${id}: ${target.join(" ")} ${failureSummary.replaceAll("\n", " ")}`,
      ),
    );
}

/** What fades in or out is half transparent for a moment, and menus that close are still there: wait for all that ends. */
export async function stillness(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const ending = document
      .getAnimations()
      .filter((each) => each.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY);
    await Promise.all(ending.map((each) => each.finished.catch(() => undefined)));
  });
}

/** Texts smaller than 12 px: Hangul is not read below. Axis labels are drawn on a canvas and not counted. */
export async function tooSmall(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found = new Set<string>();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement;
      if (element === null || node.textContent?.trim() === "") continue;
      const size = Number.parseFloat(getComputedStyle(element).fontSize);
      if (size < 12) found.add(`${size}px: ${node.textContent?.trim().slice(0, 40)}`);
    }
    return [...found];
  });
}
