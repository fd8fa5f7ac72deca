import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launch, place, visit } from "./harness/browser";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

it("shows a server's failure with its trace id, and recovers", async () => {
  const { page, close } = await visit(browser, "/login", {}, undefined);
  const body = {
    type: "about:blank",
    title: "Internal error",
    status: 500,
    detail: "",
    code: "internal",
    trace_id: "f00dfeed",
  };
  await page.route("**/api/v1/users?*", (route) =>
    route.fulfill({ status: 500, contentType: "application/problem+json", body: JSON.stringify(body) }),
  );
  await page.goto("/admin/users");
  await page.getByRole("alert").getByText("f00dfeed").waitFor();
  await page.unroute("**/api/v1/users?*");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("table", { name: "Users" }).waitFor();
  await page.getByRole("button", { name: "1 problem" }).click();
  await page
    .getByRole("region", { name: "Problems and live messages" })
    .first()
    .getByText("f00dfeed")
    .waitFor();
  await close();
});

it("never shows the text of a gateway's page", async () => {
  const { page, close } = await visit(browser, "/login", {}, undefined);
  await page.route("**/api/v1/users?*", (route) =>
    route.fulfill({ status: 502, contentType: "text/html", body: "<h1>nginx secret</h1>" }),
  );
  await page.goto("/admin/users");
  await page.getByRole("alert").getByText("A service behind the server failed").waitFor();
  expect(await page.getByText("nginx secret").count()).toBe(0);
  await close();
});

it("keeps old data with its age when the connection is lost", async () => {
  const { page, context, close } = await visit(browser, "/admin/system");
  await page.getByText("host-monitor").waitFor();
  await context.setOffline(true);
  await page.getByRole("button", { name: "Refresh now" }).click();
  await page.getByText("The last refresh failed").waitFor();
  expect(await page.getByText("host-monitor").isVisible()).toBe(true);
  await context.setOffline(false);
  await page.getByText("The last refresh failed").waitFor({ state: "detached" });
  await close();
});

it("says that a page does not exist", async () => {
  const { page, close } = await visit(browser, "/no/such/page", { language: "ko" });
  await page.getByText("없는 페이지입니다").waitFor();
  await page.getByRole("link", { name: "홈으로" }).click();
  await page.getByRole("heading", { level: 1, name: "홈" }).waitFor();
  await close();
});

it("tells a viewer what they may not see, and hides it from the rail", async () => {
  const account = place();
  const { page, close } = await visit(browser, "/");
  const email = `viewer-${Date.now()}@example.com`;
  const password = "a-quiet-loom-at-dawn";
  const csrf = (await page.context().cookies()).find(({ name }) => name === "opsloom_csrf")?.value ?? "";
  const made = await page.request.post("/api/v1/users", {
    data: { email, password, name: "Reader", role: "viewer" },
    headers: { "X-CSRF-Token": csrf },
  });
  expect(made.status()).toBe(201);
  const viewer = await visit(browser, "/admin/users", {}, { ...account, email, password });
  await viewer.page.getByText("You may not see this").waitFor();
  expect(await viewer.page.getByRole("link", { name: "Users" }).count()).toBe(0);
  expect(viewer.faults).toEqual([]);
  await viewer.close();
  await close();
});
