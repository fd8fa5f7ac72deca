// What people do on the pages of APIs, in either language.
import type { Page } from "playwright-core";
import type { Words } from "./api-words";
import { place } from "./browser";

export const button = (page: Page, name: string | RegExp) =>
  page.getByRole("button", typeof name === "string" ? { name, exact: true } : { name });

/** Names a new API and says what it is made of; SQL is what a new one is made of already. */
export async function begin(page: Page, say: Words, type: string, name: string, path: string): Promise<void> {
  await page.getByRole("region", { name: say.address }).getByLabel(say.name).fill(name);
  await page.getByLabel(say.path, { exact: true }).fill(path);
  if (type !== "SQL")
    await page.getByRole("radiogroup", { name: say.madeOf }).getByText(type, { exact: true }).click();
}

export async function replaceText(page: Page, label: string, text: string): Promise<void> {
  await page.getByRole("textbox", { name: label }).click();
  await page.keyboard.press("Control+KeyA");
  await page.keyboard.press("Delete");
  await page.keyboard.insertText(text);
}

/** Writes the logic as JSON. */
export async function writeLogic(page: Page, say: Words, logic: object): Promise<void> {
  const editor = page.getByRole("textbox", { name: say.text });
  if ((await editor.count()) === 0) await page.getByText(say.json, { exact: true }).first().click();
  await editor.waitFor();
  await replaceText(page, say.text, JSON.stringify(logic, null, 2));
}

/** Saves a changed draft. That it is saved stood there before: the server's answer tells. */
export async function save(page: Page, say: Words): Promise<void> {
  const saved = page.waitForResponse((answer) => answer.request().method() === "PUT" && answer.ok());
  await button(page, say.save).click();
  await saved;
  await page.getByRole("button", { name: say.save, exact: true, disabled: true }).waitFor();
}

/** A step of the life of an asset, with its dialog. */
export async function step(page: Page, name: string): Promise<void> {
  await button(page, name).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name, exact: true }).click();
  await dialog.waitFor({ state: "detached" });
}

async function send<T>(path: string, body: object, headers: Record<string, string>): Promise<T> {
  const answer = await fetch(place().url + path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** Headers of a program that its owner has signed in. */
export async function owner(): Promise<Record<string, string>> {
  const { email, password } = place();
  const { access_token } = await send<{ access_token: string }>(
    "/api/v1/auth/login",
    { email, password },
    {},
  );
  return { Authorization: `Bearer ${access_token}` };
}

/** A key that may call APIs and nothing else. */
export async function callersKey(name: string): Promise<string> {
  return (await send<{ key: string }>("/api/v1/keys", { name, scopes: ["apis.run"] }, await owner())).key;
}

/** A published connection to a web address; gives its key. */
export async function connectTo(name: string, url: string): Promise<string> {
  const headers = await owner();
  const content = { config: { type: "http", url } };
  const asset = { kind: "connection", name, content };
  const { id, key } = await send<{ id: string; key: string }>("/api/v1/assets", asset, headers);
  await send(`/api/v1/assets/${id}/publish`, {}, headers);
  return key;
}

export async function call(path: string, key: string): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${place().url}/runtime/${path}`, { headers: { "X-API-Key": key } });
  return { status: answer.status, body: await answer.json() };
}
