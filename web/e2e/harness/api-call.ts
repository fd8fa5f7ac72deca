import type { Page } from "playwright-core";

/** A call of the API as the person on the page; throws what it was refused with. */
export async function call<T>(
  page: Page,
  method: "post" | "put",
  path: string,
  data: object,
  revision?: number,
): Promise<T> {
  const csrf = (await page.context().cookies()).find(({ name }) => name === "opsloom_csrf")?.value ?? "";
  const headers = {
    "X-CSRF-Token": csrf,
    ...(revision === undefined ? {} : { "If-Match": `"${revision}"` }),
  };
  const answer = await page.request[method](`/api/v1${path}`, { data, headers });
  if (!answer.ok()) throw new Error(`${path} answered ${answer.status()}: ${await answer.text()}`);
  return (await answer.json()) as T;
}
