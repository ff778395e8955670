import react from "@vitejs/plugin-react";
import { configDefaults, defineConfig } from "vitest/config";
import { precompress } from "./build/precompress.ts";

// `npm run dev` serves the sources and sends API requests to a running stoad.
const stoa = process.env.STOA_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react(), precompress()],
  // The SDK is a linked folder without dependencies of its own installed.
  resolve: { preserveSymlinks: true },
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false },
  server: { proxy: Object.fromEntries(["/api", "/docs", "/openapi.yaml", "/openapi.json"].map((p) => [p, { target: stoa, ws: true }])) },
  test: { globals: true, include: ["src/**/*.test.ts", "../sdk/ts/src/**/*.test.ts"], exclude: [...configDefaults.exclude, "e2e/**"] },
});
