// Starts a real server for each worker of the browser tests, or uses the one that OPSLOOM_URL names.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { TestProject } from "vitest/node";

const repository = resolve(import.meta.dirname, "../../..");
const startMs = 180_000;

export interface Account {
  url: string;
  email: string;
  password: string;
}

/** A worker's own server: no other test file changes what is on it at the same time. */
export interface Place extends Account {
  /** Where its connections find their files. */
  files: string;
}

declare module "vitest" {
  export interface ProvidedContext {
    places: Place[];
  }
}

export interface Started {
  url: string;
  /** Everything the server has printed so far. */
  printed(): string;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.on("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (typeof address === "object" && address !== null ? done(address.port) : fail()));
    });
  });
}

async function ready(url: string, child: ChildProcess, printed: () => string): Promise<void> {
  const end = Date.now() + startMs;
  while (Date.now() < end) {
    if (child.exitCode !== null) throw new Error(`the server stopped:\n${printed()}`);
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok === true) return;
    await new Promise((wait) => setTimeout(wait, 200));
  }
  throw new Error(`the server was not ready after ${startMs / 1000} s:\n${printed()}`);
}

/** A server of its own on a free port, with an empty data folder that goes with it. */
export async function startServer(extra: Record<string, string> = {}): Promise<Started> {
  const program = join(repository, ".venv/bin/opsloom");
  if (!existsSync(program)) throw new Error(`${program} is missing: run \`make test\`, which installs it`);
  if (!existsSync(join(repository, "web/dist/index.html")))
    throw new Error("web/dist is missing: run `npm run build`");
  const data = mkdtempSync(join(tmpdir(), "opsloom-e2e-"));
  const url = `http://127.0.0.1:${await freePort()}`;
  const env = {
    ...process.env,
    OPSLOOM_DATA_DIR: join(data, "data"),
    OPSLOOM_PORT: new URL(url).port,
    ...extra,
  };
  const child = spawn(program, ["serve"], { cwd: data, env, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const pipe of [child.stdout, child.stderr]) pipe?.on("data", (chunk) => (text += String(chunk)));
  const printed = () => text;
  const stop = async () => {
    const gone = new Promise((done) => child.once("exit", done));
    if (child.exitCode === null) {
      child.kill("SIGTERM");
      await gone;
    }
    rmSync(data, { recursive: true, force: true });
  };
  try {
    await ready(url, child, printed);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, printed, stop };
}

const email = process.env["OPSLOOM_ADMIN_EMAIL"] ?? "admin@example.com";
const password = process.env["OPSLOOM_ADMIN_PASSWORD"] ?? "weaving-threads-at-noon";

/** A running server has to be told its folder of files (OPSLOOM_FILES_DIR) and to allow calls to 127.0.0.1. */
function given(url: string): Place {
  return { url, email, password, files: process.env["OPSLOOM_FILES_DIR"] ?? tmpdir() };
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env["OPSLOOM_URL"];
  if (url !== undefined) {
    project.provide("places", [given(url)]);
    return async () => undefined;
  }
  const folders = Array.from({ length: project.config.maxWorkers }, () =>
    mkdtempSync(join(tmpdir(), "opsloom-files-")),
  );
  const servers = await Promise.all(
    folders.map((files) =>
      startServer({
        OPSLOOM_ADMIN_EMAIL: email,
        OPSLOOM_ADMIN_PASSWORD: password,
        OPSLOOM_FILES_DIR: files,
        // What the tests deliver to, and call, runs on this machine.
        OPSLOOM_EGRESS_ALLOW: "127.0.0.1",
      }),
    ),
  );
  project.provide(
    "places",
    servers.map((server, worker) => ({ url: server.url, email, password, files: folders[worker] ?? "" })),
  );
  return async () => {
    await Promise.all(servers.map((server) => server.stop()));
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  };
}
