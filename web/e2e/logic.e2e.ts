import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { inaccessible, type Language, launch, place, settled, tooSmall, visit } from "./harness/browser";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

const words = {
  en: {
    address: "Address",
    name: "Name",
    path: "Path",
    made: "Made of",
    script: "Script",
    workflow: "Workflow",
    create: "Create draft",
    save: "Save draft",
    scriptLabel: "Script of the API",
    fine: "Fine.",
    line: /^Line 3, column/,
    declare: "Declare name",
    run: "Run",
    saveAndRun: "Save and run",
    log: "Log",
    publish: "Publish",
    served: "is published",
    newType: "Type of the new node",
    add: "Add node",
    tidy: "Tidy up",
    undo: /^Undo/,
    redo: /^Redo/,
    connectTo: "To",
    connect: "Connect",
    seeRun: "See the run",
    approve: "Approve",
    succeeded: "Succeeded",
    gave: "What it gave",
    value: "Value",
    nodeFirst: "Node first",
    runs: "Workflow runs",
    json: "JSON",
    text: "Logic as JSON",
  },
  ko: {
    address: "주소",
    name: "이름",
    path: "경로",
    made: "구성 방식",
    script: "스크립트",
    workflow: "워크플로",
    create: "초안 만들기",
    save: "초안 저장",
    scriptLabel: "API의 스크립트",
    fine: "좋습니다.",
    line: /^3행 \d+열:/,
    declare: "name 선언",
    run: "실행",
    saveAndRun: "저장하고 실행",
    log: "기록",
    publish: "게시",
    served: "게시되었습니다",
    newType: "새 노드의 형식",
    add: "노드 추가",
    tidy: "정리",
    undo: /^되돌리기/,
    redo: /^다시 하기/,
    connectTo: "도착",
    connect: "연결",
    seeRun: "실행 보기",
    approve: "승인",
    succeeded: "성공",
    gave: "결과",
    value: "값",
    nodeFirst: "노드 first",
    runs: "워크플로 실행",
    json: "JSON",
    text: "로직 JSON",
  },
} as const;
type Words = (typeof words)[Language];

const button = (page: Page, name: string | RegExp) =>
  page.getByRole("button", typeof name === "string" ? { name, exact: true } : { name });

async function begin(page: Page, say: Words, type: string, name: string, path: string): Promise<void> {
  await page.getByRole("region", { name: say.address }).getByLabel(say.name).fill(name);
  await page.getByLabel(say.path, { exact: true }).fill(path);
  await page.getByRole("radiogroup", { name: say.made }).getByText(type, { exact: true }).click();
}

async function replaceText(page: Page, label: string, text: string): Promise<void> {
  await page.getByRole("textbox", { name: label }).click();
  await page.keyboard.press("Control+KeyA");
  await page.keyboard.press("Delete");
  await page.keyboard.insertText(text);
}

async function publish(page: Page, say: Words): Promise<void> {
  await button(page, say.publish).click();
  await page.getByRole("dialog").getByRole("button", { name: say.publish, exact: true }).click();
  await page.getByText(say.served).waitFor();
}

/** A call the way a program makes one. */
async function called(path: string): Promise<{ status: number; body: unknown }> {
  const { url, email, password } = place();
  const headers = { "Content-Type": "application/json" };
  const login = await fetch(`${url}/api/v1/auth/login`, {
    method: "POST",
    headers,
    body: JSON.stringify({ email, password }),
  });
  const { access_token: token } = (await login.json()) as { access_token: string };
  const answer = await fetch(`${url}/runtime/${path}`, { headers: { Authorization: `Bearer ${token}` } });
  return { status: answer.status, body: await answer.json() };
}

it.each<Language>(["en", "ko"])("a script is written, tried, served and called, in %s", async (language) => {
  const say = words[language];
  const path = `greet-${language}-${Date.now()}`;
  const { page, faults, close } = await visit(browser, "/apis/new", { language });
  await begin(page, say, say.script, `Greeting ${path}`, path);
  await replaceText(page, say.scriptLabel, 'import log\n\ndef man(params, input, ctx):\n    return 1 + "x"');
  await page.getByText(say.line).or(page.locator(".cm-lintRange-error")).first().waitFor();
  await replaceText(
    page,
    say.scriptLabel,
    'import log\n\ndef main(params, input, ctx):\n    log.info("greeting", who=params["name"])\n    return {"hello": params["name"]}',
  );
  await button(page, say.declare).click();
  await page.getByText(say.fine, { exact: true }).waitFor();
  await button(page, say.create).click();
  await page.getByRole("heading", { level: 1, name: `Greeting ${path}` }).waitFor();

  const side = page.getByRole("tabpanel");
  await side.getByLabel("name", { exact: true }).fill("Hana");
  await side.getByRole("button", { name: say.run, exact: true }).click();
  await page.getByTestId("answer").getByText('"hello": "Hana"').waitFor();
  await side.getByRole("region", { name: say.log }).getByText("greeting").waitFor();
  expect(await inaccessible(page)).toEqual([]);
  expect(await tooSmall(page)).toEqual([]);

  await publish(page, say);
  expect(await called(`${path}?name=Nuri`)).toEqual({ status: 200, body: { hello: "Nuri" } });
  await settled(page);
  expect(faults).toEqual([]);
  await close();
});

it.each<Language>(["en", "ko"])(
  "a workflow is drawn, undone, tried, served and called, in %s",
  async (language) => {
    const say = words[language];
    const path = `flow-${language}-${Date.now()}`;
    const { page, faults, close } = await visit(browser, "/apis/new", { language });
    await begin(page, say, say.workflow, `Flow ${path}`, path);
    await page.getByLabel(say.newType).selectOption("value");
    await button(page, say.add).click();
    await page.locator(".react-flow__node").nth(1).waitFor();
    await button(page, say.undo).click();
    await page.locator(".react-flow__node").nth(1).waitFor({ state: "detached" });
    await page.keyboard.press("Control+Shift+KeyZ");
    await page.locator(".react-flow__node").nth(1).waitFor();
    await page.keyboard.press("Control+KeyZ");
    await page.locator(".react-flow__node").nth(1).waitFor({ state: "detached" });
    await button(page, say.redo).click();
    await page.locator(".react-flow__node").nth(1).waitFor();

    await page.locator('.react-flow__node[data-id="value"]').getByRole("button").click();
    await page.getByRole("textbox", { name: say.value, exact: true }).fill('nodes.first.start & " and on"');
    await page.locator('.react-flow__node[data-id="first"]').getByRole("button").click();
    await page.getByRole("textbox", { name: say.value, exact: true }).fill('{"start": "begun"}');
    await page.getByLabel(say.connectTo, { exact: true }).selectOption("value");
    await button(page, say.connect).click();
    await page.locator(".react-flow__edge").first().waitFor({ state: "attached" });
    await button(page, say.tidy).click();
    await page.getByText(say.fine, { exact: true }).waitFor();
    expect(await inaccessible(page)).toEqual([]);
    expect(await tooSmall(page)).toEqual([]);
    await button(page, say.create).click();
    await page.getByRole("heading", { level: 1, name: `Flow ${path}` }).waitFor();

    await page.getByRole("tabpanel").getByRole("button", { name: say.run, exact: true }).click();
    await page.getByTestId("answer").getByText("begun and on").waitFor();
    await page.locator('.react-flow__node[data-id="value"]').getByText(say.succeeded).waitFor();
    await publish(page, say);
    expect(await called(path)).toEqual({ status: 200, body: "begun and on" });
    await settled(page);
    expect(faults).toEqual([]);
    await close();
  },
);

it.each<Language>(["en", "ko"])(
  "a durable workflow waits for a person, who answers on its page, in %s",
  async (language) => {
    const say = words[language];
    const path = `ask-${language}-${Date.now()}`;
    const { page, faults, close } = await visit(browser, "/apis/new", { language });
    await begin(page, say, say.workflow, `Asking ${path}`, path);
    await page.getByText(say.json, { exact: true }).first().click();
    const logic = {
      type: "workflow",
      nodes: [
        { id: "ok", type: "approval", message: "'Clean it?'" },
        { id: "done", type: "value", value: '{"cleaned": true}', x: 300, y: 0 },
      ],
      edges: [{ source: "ok", target: "done", port: "approved" }],
      durable: true,
    };
    await replaceText(page, say.text, JSON.stringify(logic, null, 2));
    await page.getByText(say.fine, { exact: true }).waitFor();
    await button(page, say.create).click();
    await page.getByRole("heading", { level: 1, name: `Asking ${path}` }).waitFor();
    await page.getByRole("tabpanel").getByRole("button", { name: say.run, exact: true }).click();
    await page.getByRole("link", { name: say.seeRun }).click();

    await page.getByText("Clean it?").waitFor();
    await page.locator('.react-flow__node[data-id="ok"]').waitFor();
    expect(await inaccessible(page)).toEqual([]);
    expect(await tooSmall(page)).toEqual([]);
    await button(page, say.approve).click();
    await page.getByRole("region", { name: say.gave }).getByText('"cleaned": true').waitFor();
    await page.locator('.react-flow__node[data-id="done"]').getByText(say.succeeded).waitFor();
    await page.getByRole("link", { name: say.runs, exact: true }).first().click();
    await page
      .getByRole("table", { name: say.runs })
      .getByRole("link", { name: `Asking ${path}` })
      .waitFor();
    expect(await inaccessible(page)).toEqual([]);
    await settled(page);
    expect(faults).toEqual([]);
    await close();
  },
);
