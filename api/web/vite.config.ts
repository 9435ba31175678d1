// How the page is built: api/web-build.ts gives the folder to write to.
import { defineConfig } from "vite";

// biome-ignore lint/style/noDefaultExport: Vite reads its configuration from the default export.
export default defineConfig({
  root: import.meta.dirname,
  // Berth may be served below a path: addresses are relative to the document's base, which the server writes.
  base: "./",
  build: {
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    // The Content-Security-Policy allows nothing that stands in an address.
    assetsInlineLimit: 0,
    rolldownOptions: {
      // Of every file of the libraries: there is no server that it could concern.
      onLog(level, log, handle) {
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") handle(level, log);
      },
    },
  },
  logLevel: "warn",
});
