// Each of the four kinds of an API, from nothing: written, tried, served, called with a key, changed, rolled back, its calls read.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
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
} from "./harness/api-steps";
import { type Words, words } from "./harness/api-words";
import { inaccessible, type Language, launch, settled, tooSmall, visit } from "./harness/browser";

let browser: Browser;
let upstream: Server;
beforeAll(async () => {
  browser = await launch();
  upstream = createServer((request, response) => {
    const to = new URL(request.url ?? "/", "http://upstream").searchParams.get("to");
    response.setHeader("Content-Type", "application/json").end(JSON.stringify({ greeted: to }));
  });
  await new Promise<void>((done) => upstream.listen(0, "127.0.0.1", done));
});
afterAll(async () => {
  await browser.close();
  await new Promise((done) => upstream.close(done));
});

interface Kind {
  /** Writes the logic of a new API. */
  write(page: Page, say: Words, stamp: string): Promise<void>;
  /** Makes it answer something else. */
  change(page: Page, say: Words, stamp: string): Promise<void>;
  /** What it says to Nuri, at first and then. */
  answers: [unknown, unknown];
  /** Whether it takes a name. */
  named: boolean;
}

const nodes = (page: Page) => page.locator(".react-flow__node");
const node = (page: Page, id: string) => page.locator(`.react-flow__node[data-id="${id}"]`);

async function setValue(page: Page, say: Words, id: string, text: string): Promise<void> {
  await node(page, id).getByRole("button").click();
  await page.getByRole("textbox", { name: say.value, exact: true }).fill(text);
}

/** Draws two nodes, takes steps back and forward again on the way, and connects them. */
async function draw(page: Page, say: Words): Promise<void> {
  await page.getByLabel(say.newType).selectOption("value");
  await button(page, say.add).click();
  await nodes(page).nth(1).waitFor();
  await button(page, say.undo).click();
  await nodes(page).nth(1).waitFor({ state: "detached" });
  await page.keyboard.press("Control+Shift+KeyZ");
  await nodes(page).nth(1).waitFor();
  await page.keyboard.press("Control+KeyZ");
  await nodes(page).nth(1).waitFor({ state: "detached" });
  await button(page, say.redo).click();
  await nodes(page).nth(1).waitFor();
  await setValue(page, say, "value", 'nodes.first.start & " and on"');
  await setValue(page, say, "first", '{"start": "begun"}');
  await page.getByLabel(say.connectTo, { exact: true }).selectOption("value");
  await button(page, say.connect).click();
  await page.locator(".react-flow__edge").first().waitFor({ state: "attached" });
  await button(page, say.tidy).click();
}

const script = (edition: number) =>
  `import log

def main(params, input, ctx):
    log.info("greeting", who=params["name"])
    return {"hello": params["name"], "edition": ${edition}}`;

async function writeHttp(page: Page, say: Words, to: string, stamp: string): Promise<void> {
  const address = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const connection = await connectTo(`Greeter ${stamp} ${to.length}`, address);
  await writeLogic(page, say, { type: "http", connection, method: "GET", path: "/greet", query: { to } });
}

const kinds: Record<"sql" | "http" | "script" | "workflow", Kind> = {
  sql: {
    named: true,
    answers: [{ items: [{ who: "Nuri", edition: 1 }] }, { items: [{ who: "Nuri", edition: 2 }] }],
    write: async (page, say) => {
      await replaceText(page, say.sqlLabel, "select :name as who, 1 as edition");
      await button(page, say.declare).click();
    },
    change: (page, say) => replaceText(page, say.sqlLabel, "select :name as who, 2 as edition"),
  },
  http: {
    named: false,
    answers: [{ items: [{ greeted: "Nuri" }] }, { items: [{ greeted: "Hana" }] }],
    write: (page, say, stamp) => writeHttp(page, say, "{{ 'Nuri' }}", stamp),
    change: (page, say, stamp) => writeHttp(page, say, "Hana", stamp),
  },
  script: {
    named: true,
    answers: [
      { hello: "Nuri", edition: 1 },
      { hello: "Nuri", edition: 2 },
    ],
    write: async (page, say) => {
      await replaceText(
        page,
        say.scriptLabel,
        'import log\n\ndef man(params, input, ctx):\n    return 1 + "x"',
      );
      await page.getByText(say.line).or(page.locator(".cm-lintRange-error")).first().waitFor();
      await replaceText(page, say.scriptLabel, script(1));
      await button(page, say.declare).click();
    },
    change: (page, say) => replaceText(page, say.scriptLabel, script(2)),
  },
  workflow: {
    named: false,
    answers: ["begun and on", "begun and over"],
    write: draw,
    change: (page, say) => setValue(page, say, "value", 'nodes.first.start & " and over"'),
  },
};

const cases = (["en", "ko"] as const).flatMap((language) =>
  (["sql", "http", "script", "workflow"] as const).map((kind): [typeof kind, Language] => [kind, language]),
);

it.each(cases)("builds an API of kind %s from nothing, in %s", async (kind, language) => {
  const say = words[language];
  const { write, change, answers, named } = kinds[kind];
  const stamp = `${kind}-${language}-${Date.now()}`;
  const title = `Greeting ${stamp}`;
  const address = `${stamp}${named ? "?name=Nuri" : ""}`;
  const key = await callersKey(`caller-${stamp}`);
  const { page, faults, close } = await visit(browser, "/apis/new", { language });
  await begin(page, say, kind === "sql" ? "SQL" : say[kind], title, stamp);
  await write(page, say, stamp);
  await page.getByText(say.fine).first().waitFor();
  await button(page, say.create).click();
  await page.getByRole("heading", { level: 1, name: title }).waitFor();

  const side = page.getByRole("tabpanel");
  if (named) await side.getByLabel("name", { exact: true }).fill("Nuri");
  await side.getByRole("button", { name: say.run, exact: true }).click();
  await page.getByTestId("trial-facts").getByText("200").waitFor();
  if (kind === "script") await side.getByRole("region", { name: say.log }).getByText("greeting").waitFor();
  if (kind === "workflow") await node(page, "value").getByText(say.succeeded).waitFor();
  expect(await inaccessible(page)).toEqual([]);
  expect(await tooSmall(page)).toEqual([]);

  await step(page, say.publish);
  expect(await call(address, key)).toMatchObject({ status: 200, body: answers[0] });
  await change(page, say, stamp);
  await save(page, say);
  await step(page, say.publish);
  // Another process may serve the call: what was published reaches it a moment later.
  const says = () => expect.poll(() => call(address, key), { timeout: 10_000 });
  await says().toMatchObject({ status: 200, body: answers[1] });
  await page.getByRole("tab", { name: say.versions, exact: true }).click();
  await step(page, say.rollback);
  await page.getByRole("listitem").filter({ hasText: "v1" }).getByText(say.inForce).waitFor();
  await says().toMatchObject({ status: 200, body: answers[0] });

  await page.getByRole("tab", { name: say.calls, exact: true }).click();
  await page
    .getByRole("row", { name: new RegExp(`200 v1 caller-${stamp}`) })
    .first()
    .click();
  await page.getByRole("complementary").getByText(`caller-${stamp}`).first().waitFor();
  await settled(page);
  expect(faults).toEqual([]);
  await close();
});
