import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  test: {
    include: ["e2e/**/*.e2e.ts"],
    environment: "node",
    globalSetup: ["e2e/harness/server.ts"],
    setupFiles: ["e2e/harness/second-try.ts"],
    fileParallelism: false,
    retry: 1,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
