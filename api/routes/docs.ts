// The API's reference page: Swagger UI from its npm package, served by Berth itself and showing Berth's own document.
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { type RequestHandler, Router } from "express";
import helmet from "helmet";

const VIEWER = dirname(fileURLToPath(import.meta.resolve("swagger-ui-dist/package.json")));
const FILES = ["swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png"];

/** No script but those of this server; styles also in the page, which the viewer's drawings need. */
const policy = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:"],
    "connect-src": ["'self'"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'none'"],
  },
});

const START = `SwaggerUIBundle({
  url: new URL("../api/openapi", document.currentScript.src).href,
  dom_id: "#reference",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  validatorUrl: null,
});
`;

/** GET /docs */
export const docs: readonly RequestHandler[] = [
  policy,
  (request, response) =>
    void response
      .set("Cache-Control", "no-cache")
      .type("html")
      .send(page(request.path.endsWith("/") ? "" : "docs/")),
];

/** What the page loads. */
export function docsFiles(): Router {
  const router = Router().use((_request, response, next) => {
    // These are the same for everybody; sendFile says for how long, unless it is said already.
    response.removeHeader("Cache-Control");
    next();
  });
  router.get("/start.js", (_request, response) => void response.type("js").send(START));
  for (const name of FILES) {
    router.get(`/${name}`, (_request, response) => response.sendFile(name, { root: VIEWER, maxAge: "1h" }));
  }
  return router;
}

/** Addresses are relative: Berth may be served below a path. */
function page(folder: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>API reference · Berth</title>
<link rel="icon" href="${folder}favicon-32x32.png">
<link rel="stylesheet" href="${folder}swagger-ui.css">
</head>
<body>
<div id="reference"></div>
<noscript>This page needs JavaScript. The document itself is at /api/openapi.</noscript>
<script src="${folder}swagger-ui-bundle.js"></script>
<script src="${folder}start.js"></script>
</body>
</html>`;
}
