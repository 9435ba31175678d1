// Who may keep an answer: nobody, unless a call says otherwise.
import type { RequestHandler } from "express";

/** For everything: no browser, and no proxy, keeps it. */
export const keepNothing: RequestHandler = (_request, response, next) => {
  response.set("Cache-Control", "no-store");
  next();
};

/** For calls with a key, or a session: its holder may keep what it reads, if it asks whether it is still so (`If-None-Match`). */
export const keepForKeyAlone: RequestHandler = (request, response, next) => {
  response.vary("X-API-Key").vary("Cookie");
  if (request.method === "GET" || request.method === "HEAD")
    response.set("Cache-Control", "private, no-cache");
  next();
};
