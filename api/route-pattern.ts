// Which route a path belongs to, told by its pattern: a path itself may hold anything, a misplaced secret too.
import type { Router } from "express";

export interface RoutePattern {
  /** E.g. `/api/v1/assistants/:id/status`. */
  readonly pattern: string;
  readonly form: RegExp;
}

/** Every route of the routers that are mounted below `base`, as Express itself knows them. */
export function routePatterns(base: string, mounts: Readonly<Record<string, Router>>): RoutePattern[] {
  return Object.entries(mounts).flatMap(([mount, router]) => {
    const paths = new Set(router.stack.flatMap(({ route }) => (route ? [route.path] : [])));
    return [...paths].map((path) => {
      const pattern = base + mount + (path === "/" ? "" : path);
      const form = pattern.replace(/:\w+/g, "([^/]+)");
      return { pattern, form: new RegExp(`^${form}/?$`, "i") };
    });
  });
}

/** The pattern of a path without its query, and what stands for `:id` in it. */
export function findPattern(
  patterns: readonly RoutePattern[],
  path: string,
): { readonly pattern: string; readonly id: string | undefined } | undefined {
  for (const { pattern, form } of patterns) {
    const match = form.exec(path);
    if (match) return { pattern, id: match[1] };
  }
  return undefined;
}
