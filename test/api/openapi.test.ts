// The document, the registry of errors, the routes and what is really answered are the same thing.
import { readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
import type { Router } from "express";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AppParts, createApp } from "../../api/app.ts";
import { ERRORS } from "../../stacks/errors.ts";
import { startTestBerth, type TestBerth } from "../support/berth.ts";
import { CLIENT_TYPES, generateClientTypes } from "../support/client-types-source.ts";
import { judgeOf, type OpenApi, readDocument } from "../support/document.ts";

let berth: TestBerth;
let document: OpenApi;
beforeAll(async () => {
  berth = await startTestBerth(35, { BERTH_ROLE: "api" });
  document = await readDocument(berth.url);
});
afterAll(() => berth.close());

describe("the document", () => {
  it("is valid OpenAPI 3.1", async () => {
    const validator = new Validator();
    expect(await validator.validate({ ...structuredClone(document) })).toEqual({ valid: true });
    expect(validator.version).toBe("3.1");
    expect(document.openapi).toMatch(/^3\.1\./);
  });

  it("names each error of the registry, under its status and no other", () => {
    const documented = new Set<string>();
    for (const operation of Object.values(document.paths).flatMap((methods) => Object.values(methods))) {
      for (const [status, response] of Object.entries(operation.responses)) {
        for (const code of codesOf(response)) documented.add(`${code} ${status}`);
      }
    }
    const registry = Object.entries(ERRORS).map(([code, { status }]) => `${code} ${status}`);
    expect([...documented].sort()).toEqual(registry.sort());
  });

  it("has every route of the app, and no other", () => {
    const served = new Set([...routesOf("simulated"), ...routesOf("polar")]);
    const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect([...served].sort()).toEqual(documented.sort());
  });

  it("is had without a key, and is known again by its ETag", async () => {
    const first = await fetch(`${berth.url}/api/openapi`);
    expect(first.status).toBe(200);
    expect(first.headers.get("content-type")).toMatch(/^application\/json/);
    const etag = first.headers.get("etag") ?? "";
    expect(etag).toMatch(/^"[\w-]{43}"$/);
    // Without a Cache-Control of its own, fetch asks not to be told that it knows.
    const headers = { "If-None-Match": etag, "Cache-Control": "max-age=0" };
    const again = await fetch(`${berth.url}/api/openapi`, { headers });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe("");
  });

  it("says below which path Berth is reached", async () => {
    const below = await startTestBerth(36, {
      BERTH_ROLE: "api",
      BERTH_PUBLIC_URL: "https://example.com/berth",
    });
    try {
      expect(await readDocument(below.url)).toMatchObject({ servers: [{ url: "/berth" }] });
    } finally {
      await below.close();
    }
  });
});

it("what is answered is held against it: what it does not say is told", async () => {
  const judge = await judgeOf(berth.url);
  const headers = new Headers({ "content-type": "application/json; charset=utf-8" });
  const body = { ok: true, status: "live", version: "1.2.3" };
  const live = { method: "GET", path: "/healthz", status: 200, headers, body };
  expect(judge(live)).toBeUndefined();
  expect(judge({ ...live, body: { ...live.body, extra: 1 } })).toContain("additional");
  expect(judge({ ...live, status: 201 })).toContain("no answer 201");
  expect(judge({ ...live, headers: new Headers({ "content-type": "text/plain" }) })).toContain("text/plain");
  expect(judge({ ...live, path: "/elsewhere" })).toContain("undocumented call");
  const stop = { ...live, method: "POST", path: "/api/v1/assistants/x/stop", status: 409 };
  const error = { code: "LIMIT_REACHED", message: "" };
  expect(judge({ ...stop, body: { error } })).toBeDefined();
  const details = { currentState: "purchased", allowedStates: ["active"] };
  expect(judge({ ...stop, body: { error: { ...error, code: "INVALID_STATE", details } } })).toBeUndefined();
});

it("the typed client's types are those of the document", async () => {
  expect(readFileSync(CLIENT_TYPES, "utf8"), "run `npm run client`").toBe(await generateClientTypes());
});

describe("the page /docs", () => {
  it.each(["/docs", "/docs/"])(
    "%s loads nothing but what Berth serves, and runs no script of its own",
    async (path) => {
      const response = await fetch(berth.url + path);
      expect(response.status).toBe(200);
      const policy = response.headers.get("content-security-policy") ?? "";
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("default-src 'none';");
      const page = await response.text();
      expect(page).not.toMatch(/<script>|<script [^>]*>[^<]/);
      const files = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(
        ([, file]) => new URL(file ?? "", response.url),
      );
      expect(files).toHaveLength(4);
      for (const file of files) {
        expect(file.origin).toBe(berth.url);
        expect((await fetch(file)).status, file.pathname).toBe(200);
      }
    },
  );
});

function codesOf(response: OpenApi["components"]["responses"][string]): string[] {
  const { $ref = "", content } = response;
  const name = /^#\/components\/responses\/(\w+)$/.exec($ref)?.[1];
  if (name) return codesOf(document.components.responses[name] ?? {});
  const schema = (content?.["application/json"]?.schema ?? {}) as {
    $ref?: string;
    anyOf?: { $ref: string }[];
  };
  const references = schema.anyOf?.map((one) => one.$ref) ?? [schema.$ref ?? ""];
  return references.map((one) => one.split("/").at(-1) ?? "").filter((code) => code in ERRORS);
}

/** What Express serves where payments are of that kind, but for the files of /docs. */
function routesOf(kind: "simulated" | "polar"): string[] {
  const parts = {
    apiKey: "",
    payments: { kind, polar: {} },
    limits: {
      rates: { reads: 0, writes: 0, accountReads: 0, accountWrites: 0, wrongKeys: 0 },
      connections: { most: 1, ofAddress: 1 },
    },
    database: { kind: "pglite" },
    log: pino({ level: "silent" }),
  };
  const { router } = createApp(parts as unknown as AppParts);
  const documentedElsewhere = / \/([\w-]+\.(js|css|png)|\{\*path\})$/;
  return flatten(router).filter((route) => !documentedElsewhere.test(route));
}

function flatten({ stack }: Router): string[] {
  return stack.flatMap(({ route, handle }) => {
    if (!route) return "stack" in handle ? flatten(handle as unknown as Router) : [];
    const methods = new Set(route.stack.map(({ method }) => method));
    return [...methods].map((method) => `${method} ${route.path.replace(/:(\w+)/g, "{$1}")}`);
  });
}
