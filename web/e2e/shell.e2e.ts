import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, place, visit } from "./harness/browser";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name, exact: true });

describe("signing in", () => {
  it("comes back to where the reader wanted to go", async () => {
    const { email, password } = place();
    const { page, close } = await visit(browser, "/admin/system?from=now-6h", {}, null);
    await page.getByLabel("Email").fill(email);
    await page.getByRole("textbox", { name: "Password" }).fill(password);
    await page.keyboard.press("Enter");
    await heading(page, "System health").waitFor();
    expect(new URL(page.url()).searchParams.get("from")).toBe("now-6h");
    await close();
  });

  it("says a wrong password beside the form, and stays", async () => {
    const { page, close } = await visit(browser, "/login", { language: "ko" }, null);
    await page.getByLabel("이메일").fill("nobody@example.com");
    await page.getByRole("textbox", { name: "비밀번호" }).fill("not the password");
    await page.getByRole("button", { name: "로그인" }).click();
    await page.getByRole("alert").waitFor();
    expect(new URL(page.url()).pathname).toBe("/login");
    await close();
  });

  it("never leads to another site", async () => {
    const { email, password, url } = place();
    const { page, close } = await visit(browser, "/login?next=//example.com/", {}, null);
    await page.getByLabel("Email").fill(email);
    await page.getByRole("textbox", { name: "Password" }).fill(password);
    await page.keyboard.press("Enter");
    await heading(page, "Home").waitFor();
    expect(new URL(page.url()).origin).toBe(url);
    await close();
  });

  it("asks again when the session is gone, and returns", async () => {
    const { page, context, close } = await visit(browser, "/admin/roles");
    await heading(page, "Roles").waitFor();
    await context.clearCookies();
    await page.getByRole("link", { name: "Audit log" }).click();
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    expect(new URL(page.url()).searchParams.get("next")).toContain("/admin/");
    await close();
  });
});

describe("the keyboard", () => {
  it("reaches a page through Mod+K", async () => {
    const { page, close } = await visit(browser, "/");
    await heading(page, "Home").waitFor();
    await page.keyboard.press("Control+KeyK");
    await page.getByPlaceholder("Go to a page or run an action").fill("audit");
    await page.keyboard.press("Enter");
    await heading(page, "Audit log").waitFor();
    await close();
  });

  it("goes by the physical key under a Hangul layout", async () => {
    const { page, close } = await visit(browser, "/", { language: "ko" });
    await heading(page, "홈").waitFor();
    await page.evaluate(() => {
      const press = (code: string, key: string) =>
        document.body.dispatchEvent(
          new KeyboardEvent("keydown", { code, key, bubbles: true, cancelable: true }),
        );
      press("KeyG", "ㅎ");
      press("KeyS", "ㄴ");
    });
    await heading(page, "시스템 상태").waitFor();
    await close();
  });

  it("leaves typed letters to the field", async () => {
    const { page, close } = await visit(browser, "/admin/audit");
    await page.getByRole("searchbox", { name: "Action" }).click();
    await page.keyboard.type("gs?");
    expect(await page.getByRole("searchbox", { name: "Action" }).inputValue()).toBe("gs?");
    expect(await page.getByRole("dialog").count()).toBe(0);
    await close();
  });

  it("lists the page's shortcuts under ?", async () => {
    const { page, close } = await visit(browser, "/");
    await heading(page, "Home").waitFor();
    await page.keyboard.press("Shift+Slash");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await page.getByRole("dialog").getByText("System health").waitFor();
    await close();
  });

  it("does not submit while a Hangul letter is being put together", async () => {
    const { page, context, close } = await visit(browser, "/admin/audit", { language: "ko" });
    const field = page.getByRole("searchbox", { name: "작업" });
    await field.click();
    const devtools = await context.newCDPSession(page);
    const enter = { key: "Enter", code: "Enter", windowsVirtualKeyCode: 229 };
    await devtools.send("Input.imeSetComposition", { text: "하", selectionStart: 1, selectionEnd: 1 });
    await devtools.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...enter });
    await devtools.send("Input.dispatchKeyEvent", { type: "keyUp", ...enter });
    expect(new URL(page.url()).searchParams.get("action")).toBeNull();
    await devtools.send("Input.insertText", { text: "한" });
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.searchParams.get("action") === "한");
    await close();
  });
});

describe("the URL", () => {
  it("carries the time range from page to page", async () => {
    const { page, close } = await visit(browser, "/");
    await page.getByTestId("range").click();
    await page.getByRole("button", { name: "Last 6 hours" }).click();
    await page.waitForURL((url) => url.searchParams.get("from") === "now-6h");
    await page.getByRole("link", { name: "Audit log" }).click();
    await heading(page, "Audit log").waitFor();
    expect(new URL(page.url()).searchParams.get("from")).toBe("now-6h");
    await close();
  });

  it("restores the selected row and its details", async () => {
    const { page, close } = await visit(browser, "/admin/users");
    await page.getByRole("row").nth(1).click();
    await page.waitForURL((url) => url.searchParams.has("selected"));
    await page.reload();
    await page.getByRole("complementary").waitFor();
    await page.keyboard.press("Escape");
    await page.waitForURL((url) => !url.searchParams.has("selected"));
    await close();
  });

  it("opens a row in a new tab with Mod+click", async () => {
    const { page, context, close } = await visit(browser, "/admin/users");
    const opened = context.waitForEvent("page");
    await page
      .getByRole("row")
      .nth(1)
      .click({ modifiers: ["Control"] });
    expect(new URL((await opened).url()).searchParams.has("selected")).toBe(true);
    expect(new URL(page.url()).searchParams.has("selected")).toBe(false);
    await close();
  });
});

it("keeps the chosen theme and language", async () => {
  const { page, close } = await visit(browser, "/");
  await page.getByRole("button", { name: "Dark theme" }).click();
  await page.getByRole("button", { name: "Language" }).click();
  await page.getByRole("menuitemradio", { name: "한국어" }).click();
  await heading(page, "홈").waitFor();
  await page.reload();
  await heading(page, "홈").waitFor();
  expect(await page.locator("html").getAttribute("data-mantine-color-scheme")).toBe("dark");
  await close();
});
