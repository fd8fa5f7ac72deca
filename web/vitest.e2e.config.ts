import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The files that take longest begin, so that no worker is left with one of them at the end. */
const longest = ["smoke", "kinds", "asset-sides", "loop", "connections", "assets", "home"];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = longest.indexOf(basename(moduleId, ".e2e.ts"));
      return found < 0 ? longest.length : found;
    };
    return files.toSorted((one, other) => place(one) - place(other));
  }
}

export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  test: {
    include: ["e2e/**/*.e2e.ts"],
    environment: "node",
    globalSetup: ["e2e/harness/server.ts"],
    setupFiles: ["e2e/harness/second-try.ts"],
    // One waits for a sample or an alert while the other works; each has a server of its own.
    maxWorkers: process.env["OPSLOOM_URL"] === undefined ? 2 : 1,
    sequence: { sequencer: LongestFirst },
    retry: 1,
    // A journey of many pages; each of its waits ends by itself after half a minute.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
