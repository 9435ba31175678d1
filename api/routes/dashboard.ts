// The dashboard's files. Those whose name has a hash are kept for ever; the document never is.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Request, type RequestHandler, type Response, Router } from "express";
import helmet from "helmet";
import sirv from "sirv";

/** With which the name of a session's cookie begins, behind https after another word. */
const SESSION_COOKIE = "berth-session-";
/** Exactly as the list's page asks: anything else would be asked twice. */
const LIST_CALLS = ["assistants?limit=50", "assistants/totals"];

/** What is never a page, so that a mistaken call reads the same whoever makes it. */
const NO_PAGE = /^\/api(?:\/|$)/i;

const HASHED = /^\/assets\//;

/** Pages of the dashboard: the browser's own address bar, a reload, a link in a mail. */
const PAGES = ["/", "/sign-in", "/buy", "/assistants{/*path}", "/account{/*path}", "/operator{/*path}"];

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
 * GET / and every page of the dashboard; and, of every address that nothing else has, that it is none.
 * @param folder of the built files
 * @param publicUrl Where Berth is reached: it may be served below a path.
 */
export function dashboard(folder: string, publicUrl: string): Router {
  const document = readFileSync(join(folder, "index.html"), "utf8");
  const base = new URL(`${publicUrl.replace(/\/$/, "")}/`).pathname;
  const send = (response: Response, early: string) => {
    const html = document
      .replace('<base href="/" />', `<base href="${base}" />${early}`)
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
    .get(PAGES, newNonce, policy, (request, response) => send(response, earlyCalls(request)))
    .get(
      ["/assets/*path", "/icon.svg", "/color-scheme.js"],
      (request, response, next) => void files(request, response, next),
    )
    .get("/{*path}", forPeople, newNonce, policy, (_request, response) => send(response.status(404), ""));
}

/** Who asks for a page before anything else reads in one that there is none; programs read it in JSON. */
const forPeople: RequestHandler = (request, response, next) => {
  if (NO_PAGE.test(request.path)) return next("route");
  response.vary("Accept");
  next(request.accepts("json", "html") === "html" ? undefined : "route");
};

/** What the page asks for first, of somebody who may be signed in: the browser asks while it still loads the page's program. */
function earlyCalls({ path, url, headers }: Request): string {
  if (!headers.cookie?.includes(SESSION_COOKIE)) return "";
  const calls = path === "/" && !url.includes("?") ? ["session", ...LIST_CALLS] : ["session"];
  return calls.map((call) => `<link rel="preload" as="fetch" crossorigin href="api/v1/${call}" />`).join("");
}

const newNonce: RequestHandler = (_request, response, next) => {
  response.locals.styleNonce = randomBytes(16).toString("base64");
  next();
};

function nonceOf(response: object): string {
  return (response as { locals: { styleNonce: string } }).locals.styleNonce;
}
