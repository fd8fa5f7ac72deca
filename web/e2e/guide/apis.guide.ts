// Goes through docs/guide/apis.md on a server of its own and takes a picture at each step, in both languages.
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, it } from "vitest";
import {
  begin,
  button,
  call,
  callersKey,
  connectTo,
  replaceText,
  save,
  step,
  writeLogic,
} from "../harness/api-steps";
import { type Language, launch, settled, stillness, visit } from "../harness/browser";
import { type Words, words } from "./words";

const folder = resolve(import.meta.dirname, "../../../docs/guide/images");
const size = { width: 1280, height: 800 };

let browser: Browser;
let desk: Server;
let tickets: readonly string[] = [];
beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  browser = await launch();
  desk = createServer((_request, response) => {
    const body = { tickets: tickets.map((title, index) => ({ id: 41 + index, title, state: "open" })) };
    response.setHeader("Content-Type", "application/json").end(JSON.stringify(body));
  });
  await new Promise<void>((done) => desk.listen(0, "127.0.0.1", done));
});
afterAll(async () => {
  await browser.close();
  await new Promise((done) => desk.close(done));
});

/** What is on the screen, as a file of the guide; WebP is a fifth of PNG. */
async function picture(page: Page, name: string, language: Language): Promise<void> {
  await settled(page);
  await stillness(page);
  const devtools = await page.context().newCDPSession(page);
  const { data } = await devtools.send("Page.captureScreenshot", { format: "webp", quality: 82 });
  await devtools.detach();
  writeFileSync(join(folder, `${name}.${language}.webp`), Buffer.from(data, "base64"));
}

interface Story {
  page: Page;
  say: Words;
  language: Language;
  key: string;
}

async function create({ page, say }: Story, name: string, about: string): Promise<void> {
  await page.getByRole("textbox", { name: say.description, exact: true }).first().fill(about);
  await page.getByText(say.fine).first().waitFor();
  await button(page, say.create).click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
}

async function run({ page, say }: Story): Promise<void> {
  await page.getByRole("tabpanel").getByRole("button", { name: say.run, exact: true }).click();
  await page.getByTestId("trial-facts").getByText("200").waitFor();
}

async function ask(page: Page, name: string): Promise<void> {
  await button(page, name).first().click();
  await page.getByRole("dialog").getByRole("button", { name, exact: true }).waitFor();
}

async function openTab({ page }: Story, name: string): Promise<void> {
  await page.getByRole("tab", { name, exact: true }).click();
}

const query = (limit: number) =>
  `select time, item, value\nfrom data.metrics\nwhere metric = :metric\norder by time desc\nlimit ${limit}`;

async function sql(story: Story): Promise<void> {
  const { page, say, language, key } = story;
  await page.goto("/apis/new");
  await begin(page, say, "SQL", say.newest, `newest-${language}`);
  await replaceText(page, say.sqlLabel, query(10));
  await button(page, say.declareMetric).click();
  await page.getByText(say.fine).first().waitFor();
  await picture(page, "api-sql-write", language);
  await create(story, say.newest, say.newestAbout);
  await page.getByRole("tabpanel").getByLabel("metric").fill("cpu.usage");
  await run(story);
  await picture(page, "api-try", language);
  await ask(page, say.publish);
  await picture(page, "api-publish", language);
  await page.getByRole("dialog").getByRole("button", { name: say.publish, exact: true }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await openTab(story, say.callIt);
  await picture(page, "api-call", language);
  await call(`newest-${language}?metric=cpu.usage`, key);
  await call(`newest-${language}`, key);
  await replaceText(page, say.sqlLabel, query(3));
  await save(page, say);
  await step(page, say.publish);
  await call(`newest-${language}?metric=memory.usage`, key);
  await openTab(story, say.versions);
  await ask(page, say.rollback);
  await page.getByRole("dialog").getByText("limit 3").first().waitFor();
  await picture(page, "api-rollback", language);
  await page.getByRole("dialog").getByRole("button", { name: say.rollback, exact: true }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await openTab(story, say.calls);
  await page.getByRole("row").nth(1).waitFor();
  await picture(page, "api-calls", language);
}

async function http(story: Story): Promise<void> {
  const { page, say, language } = story;
  tickets = say.ticket;
  const address = `http://127.0.0.1:${(desk.address() as AddressInfo).port}`;
  const connection = await connectTo(say.desk, address);
  await page.goto("/apis/new");
  await begin(page, say, say.http, say.tickets, `tickets-${language}`);
  const logic = { type: "http", connection, method: "GET", path: "/tickets", query: { state: "open" } };
  await writeLogic(page, say, { ...logic, rows: "tickets" });
  await page.getByText(say.form, { exact: true }).first().click();
  await create(story, say.tickets, say.ticketsAbout);
  await run(story);
  await picture(page, "api-http", language);
}

const program = `import db, log, statistics

async def main(params, input, ctx):
    rows = await db.query("select value from data.metrics where metric = 'cpu.usage'", {})
    values = [row["value"] for row in rows]
    log.info("counted", samples=len(values))
    return {"mean": round(statistics.mean(values), 2), "samples": len(values)}`;

async function script(story: Story): Promise<void> {
  const { page, say, language } = story;
  await page.goto("/apis/new");
  await begin(page, say, say.script, say.mean, `mean-${language}`);
  await replaceText(page, say.scriptLabel, program);
  await create(story, say.mean, say.meanAbout);
  await run(story);
  await picture(page, "api-script", language);
}

async function workflow(story: Story): Promise<void> {
  const { page, say, language } = story;
  await page.goto("/apis/new");
  await begin(page, say, say.workflow, say.report, `report-${language}`);
  await page.getByLabel(say.newType).selectOption("value");
  await button(page, say.add).click();
  await page.locator(".react-flow__node").nth(1).waitFor();
  await button(page, say.tidy).click();
  await picture(page, "api-workflow-draw", language);
  const sqlNode = (id: string, sql: string) => ({ id, type: "logic", logic: { type: "sql", sql } });
  await writeLogic(page, say, {
    type: "workflow",
    nodes: [
      sqlNode("load", "select item, value from data.metrics where metric = 'cpu.usage' limit 5"),
      sqlNode("hosts", "select name from data.items where type = 'host'"),
      { id: "together", type: "value", value: '{"hosts": $count(nodes.hosts), "load": nodes.load}' },
    ],
    edges: [
      { source: "load", target: "together" },
      { source: "hosts", target: "together" },
    ],
  });
  await page.getByText(say.fine).first().waitFor();
  await page.getByText(say.canvas, { exact: true }).first().click();
  await button(page, say.tidy).click();
  await create(story, say.report, say.reportAbout);
  await run(story);
  await page.locator('.react-flow__node[data-id="together"]').getByText(say.succeeded).waitFor();
  await picture(page, "api-workflow-run", language);
}

it.each<Language>(["en", "ko"])("goes through the guide, in %s", async (language) => {
  const say = words[language];
  const { page, close } = await visit(browser, "/", { language });
  await page.setViewportSize(size);
  const story = { page, say, language, key: await callersKey(`${say.caller}-${language}`) };
  await sql(story);
  await http(story);
  await script(story);
  await workflow(story);
  await close();
});
