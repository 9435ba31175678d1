import { createHash } from "node:crypto";
import type { RequestHandler } from "express";
import { openApiDocument } from "../contract/openapi.ts";

/** GET /api/openapi: the same text, and ETag, until Berth is started again. */
export function openapi(publicUrl: string): RequestHandler {
  let made: { readonly text: string; readonly tag: string } | undefined;
  return (_request, response) => {
    made ??= make(publicUrl);
    response.set("ETag", made.tag).set("Cache-Control", "no-cache").type("json").send(made.text);
  };
}

function make(publicUrl: string) {
  const text = JSON.stringify(openApiDocument(new URL(publicUrl).pathname));
  return { text, tag: `"${createHash("sha256").update(text).digest("base64url")}"` };
}
