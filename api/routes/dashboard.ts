// The dashboard's files. Those whose name has a hash are kept for ever; the document never is.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type RequestHandler, Router } from "express";
import helmet from "helmet";
import sirv from "sirv";

const HASHED = /^\/assets\//;

/** Pages of the dashboard: the browser's own address bar, a reload, a link in a mail. */
const PAGES = ["/", "/sign-in", "/buy", "/assistants/*path", "/account/*path", "/operator/*path"];

/** Nothing of another origin, no script in the document, no frame around it; of styles also those with this answer's nonce. */
const policy = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'", (_request, response) => `'nonce-${nonceOf(response)}'`],
    "img-src": ["'self'", "data:"],
    "connect-src": ["'self'"],
    "font-src": ["'self'"],
    "base-uri": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
  },
});

/**
 * GET / and every page of the dashboard.
 * @param folder of the built files
 * @param publicUrl Where Berth is reached: it may be served below a path.
 */
export function dashboard(folder: string, publicUrl: string): Router {
  const document = readFileSync(join(folder, "index.html"), "utf8");
  const base = new URL(`${publicUrl.replace(/\/$/, "")}/`).pathname;
  const page: RequestHandler = (_request, response) => {
    const html = document
      .replace('<base href="/"', `<base href="${base}"`)
      .replace('name="style-nonce" content=""', `name="style-nonce" content="${nonceOf(response)}"`);
    response.set("Cache-Control", "no-store").type("html").send(html);
  };
  const files = sirv(folder, {
    brotli: true,
    gzip: true,
    etag: true,
    setHeaders: (response, path) =>
      response.setHeader(
        "Cache-Control",
        HASHED.test(path) ? "public, max-age=31536000, immutable" : "no-cache",
      ),
  });
  return Router()
    .get(PAGES, newNonce, policy, page)
    .get(
      ["/assets/*path", "/icon.svg", "/color-scheme.js"],
      (request, response, next) => void files(request, response, next),
    );
}

const newNonce: RequestHandler = (_request, response, next) => {
  response.locals.styleNonce = randomBytes(16).toString("base64");
  next();
};

function nonceOf(response: object): string {
  return (response as { locals: { styleNonce: string } }).locals.styleNonce;
}
