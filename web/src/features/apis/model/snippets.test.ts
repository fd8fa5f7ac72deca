import { execFile } from "node:child_process";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newParameter, toParameters } from "./form";
import { callOf, languages, shellWord, snippets } from "./snippets";

const run = promisify(execFile);
const hostile = [
  "it's",
  '"quoted"',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell must not fill it in
  "$(touch /tmp/never) `id` $HOME ${x}",
  "back\\slash\\",
  "line\nbreak\r\tand tab",
  "&?=#%20+/;{a}[1-3]",
  "한글 ünïcode 🙂",
  "\u2028\u2029\u007f\u0001",
  "-d @/etc/hostname",
  "",
];

interface Got {
  method: string;
  path: string;
  query: [string, string][];
  key: unknown;
  body: unknown;
  note: unknown;
}

let server: Server;
let origin = "";
const got: Got[] = [];

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString();
  return text === "" ? null : JSON.parse(text);
}

beforeAll(async () => {
  server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const url = new URL(request.url ?? "/", "http://x");
      const path = url.pathname.split("/").map(decodeURIComponent).join("/");
      const key = request.headers["x-api-key"];
      got.push({
        method: request.method ?? "",
        path,
        query: [...url.searchParams],
        key,
        body,
        note: request.headers["x-note"],
      });
      response.setHeader("content-type", "application/json").end('{"items": []}');
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => new Promise((done) => server.close(done)));

/** What is copied, run as it would be run by whoever pastes it. */
async function pasted(language: (typeof languages)[number], text: string): Promise<void> {
  const env = { ...process.env, OPSLOOM_API_KEY: "a key", NO_PROXY: "*" };
  if (language === "curl") await run("sh", ["-c", `${text} --fail --silent`], { env });
  else if (language === "python") await run("python3", ["-c", text], { env });
  else await run(process.execPath, ["--input-type=module", "-e", text], { env });
}

const note = `it's "quoted" $(id) \`id\` \\ %20 ; done`;
const values = {
  x_note: note,
  text: "it's",
  count: 5,
  live: true,
  nothing: null,
  nested: { list: hostile, ok: [true, null, 1.5] },
};
const parameters = (place: "query" | "body") =>
  toParameters([
    newParameter("1", "host", "path"),
    newParameter("h", "x_note", "header"),
    ...["text", "count", "live", "nothing", "nested"].map((name) => newParameter(name, name, place)),
  ]);

describe.each(languages)("%s", (language) => {
  it("sends exactly the values of a POST, whatever they hold", async () => {
    const url = `${origin}/runtime/{host}/x`;
    const host = hostile.slice(0, 4).join(" ");
    const call = callOf(url, "POST", parameters("body"), { host, ...values });
    await pasted(language, snippets[language](call));
    const { nothing: _, x_note: __, ...sent } = values;
    expect(got.at(-1)).toEqual({
      method: "POST",
      path: `/runtime/${host}/x`,
      query: [],
      key: "a key",
      body: sent,
      note,
    });
  });

  it("sends exactly the values of a GET", async () => {
    const names = hostile.map((_, at) => `v${at}`);
    const all = toParameters(names.map((name) => newParameter(name, name, "query")));
    const given = Object.fromEntries(names.map((name, at) => [name, hostile[at]]));
    await pasted(language, snippets[language](callOf(`${origin}/runtime/x`, "GET", all, given)));
    expect(got.at(-1)).toEqual({
      method: "GET",
      path: "/runtime/x",
      query: Object.entries(given),
      key: "a key",
      body: null,
      note: undefined,
    });
  });
});

describe("a call", () => {
  it("keeps the braces of what is still to be filled in", () => {
    const call = callOf("http://h/runtime/{host}", "GET", parameters("query"), { count: 5 });
    expect(call.address).toBe("http://h/runtime/{host}?count=5");
    expect(snippets.curl(call)).toContain("--globoff 'http://h/runtime/{host}?count=5'");
  });

  it("is one word of a shell", () => {
    expect(shellWord("plain/path-1.json")).toBe("plain/path-1.json");
    expect(shellWord("it's $HOME")).toBe("'it'\\''s $HOME'");
  });
});

it("puts a header where it is read from, and leaves out what the server fills in", () => {
  const declared = toParameters([newParameter("1", "plant_id", "header"), newParameter("2", "me", "caller")]);
  const call = callOf("http://x/runtime/p", "GET", declared, { plant_id: "it's 7", me: "somebody" });
  expect(call).toEqual({
    method: "GET",
    address: "http://x/runtime/p",
    body: null,
    headers: { "Plant-Id": "it's 7" },
  });
  expect(snippets.curl(call)).toContain("-H 'Plant-Id: it'\\''s 7'");
  expect(snippets.python(call)).toContain(', "Plant-Id": "it\'s 7"}');
});
