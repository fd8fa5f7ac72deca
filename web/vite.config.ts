import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = process.env["OPSLOOM_URL"] ?? "http://127.0.0.1:8700";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "dist",
    manifest: true,
    target: "es2023",
    // The CSP allows no data: URLs outside images, so nothing may be inlined into the bundle.
    assetsInlineLimit: 0,
    // The preload helper would add an inline-script polyfill for browsers that we do not support.
    modulePreload: { polyfill: false },
  },
  server: {
    host: "127.0.0.1",
    port: 5173,
    proxy: {
      "/api": { target: server, changeOrigin: false },
      "/runtime": { target: server, changeOrigin: false },
    },
  },
});
