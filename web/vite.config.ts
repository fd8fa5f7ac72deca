import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = process.env["OPSLOOM_URL"] ?? "http://127.0.0.1:8700";

export default defineConfig({
  plugins: [react()],
  resolve: {
    alias: [
      { find: "@", replacement: fileURLToPath(new URL("./src", import.meta.url)) },
      // React has had this hook since version 18; react-i18next still brings the stand-in for older ones.
      { find: /^use-sync-external-store\/shim$/, replacement: "react" },
    ],
  },
  build: {
    outDir: "dist",
    // "/assets" is a page of the app.
    assetsDir: "files",
    manifest: true,
    target: "es2023",
    // The CSP allows no data: URLs outside images, so nothing may be inlined into the bundle.
    assetsInlineLimit: 0,
    // The preload helper would add an inline-script polyfill for browsers that we do not support.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // One chunk for what every page needs compresses better, and loads faster, than two dozen small ones.
        codeSplitting: {
          groups: [
            {
              name: "frame",
              test: /\/src\/(theme\/(theme|status)|lib\/(api|format|i18n|keyboard|live\/(hub|open-lazily|use-live\.)|navigation|problems|query\/(client|me|setup)|time)|components\/(brand|menu|state\/(EmptyState|FailedState|problem-text)|status\/(CopyText|Keys|StatusBadge)))|@tabler\/icons-react\/dist\/esm\/createReactComponent/,
            },
            {
              name: "kit",
              test: /node_modules\/(@mantine\/core\/esm\/(core|components\/(ActionIcon|Button|Loader|UnstyledButton)))\//,
            },
            {
              name: "base",
              test: /node_modules\/(?!.*(nfiniteQuery|ueriesObserver|useQueries))(react|react-dom|scheduler|@tanstack\/(react-router|router-core|history|store|react-store|react-query|query-core)|i18next|react-i18next|openapi-fetch|use-sync-external-store)\//,
            },
          ],
        },
      },
    },
  },
  server: {
    host: "127.0.0.1",
    port: 5173,
    proxy: {
      "/api/": { target: server, changeOrigin: false },
      "/runtime/": { target: server, changeOrigin: false },
      "/alertmanager/": { target: server, changeOrigin: false },
    },
  },
});
