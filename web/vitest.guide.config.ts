import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Takes the guide's pictures anew: `npm run guide`. */
export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  test: {
    include: ["e2e/guide/*.guide.ts"],
    environment: "node",
    globalSetup: ["e2e/harness/server.ts"],
    maxWorkers: 1,
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
