// Which route a path belongs to, named by its pattern: a path itself may hold anything, a misplaced secret too.
import type { Request } from "express";

export interface RoutePattern {
  /** E.g. `/api/v1/assistants/:id/status`. */
  readonly pattern: string;
  readonly form: RegExp;
}

export function routePatterns(paths: readonly string[]): RoutePattern[] {
  return [...new Set(paths)].map((pattern) => {
    const form = pattern.replace(/:\w+/g, "([^/]+)");
    return { pattern, form: new RegExp(`^${form}/?$`, "i") };
  });
}

/**
 * The path that a call is routed by, without its query: its target may also name a host (`GET http://z/api/v1/…`).
 * Ask at the call's entry, while the request is where its router has it.
 */
export function routedPath({ baseUrl, path }: Request): string {
  return baseUrl + path;
}

/** The pattern of a path without its query, what stands for `:id` in it, and for all its parameters. */
export function findPattern(
  patterns: readonly RoutePattern[],
  path: string,
):
  | { readonly pattern: string; readonly id: string | undefined; readonly values: readonly string[] }
  | undefined {
  for (const { pattern, form } of patterns) {
    const match = form.exec(path);
    if (match) return { pattern, id: /:id\b/.test(pattern) ? match[1] : undefined, values: match.slice(1) };
  }
  return undefined;
}
