// Compares the API with that of the last release, whose document was kept in releases/.
import { readdirSync, readFileSync } from "node:fs";
import { compare } from "semver";
import { openApiDocument } from "../../api/contract/openapi.ts";
import type { AllowedBreak } from "./allowed-breaks.ts";
import { openApiBreaks } from "./openapi-breaks.ts";
import type { Json } from "./schema-breaks.ts";

const RELEASES = new URL("releases/", import.meta.url);
const NAME = /^openapi-(?<version>.+)\.json$/;

export interface Comparison {
  readonly release: string;
  /** A sentence each: breaks that are not allowed, and what is allowed in vain. */
  readonly found: readonly string[];
}

/** Where the document of a version is kept. */
export function releaseFile(version: string): URL {
  return new URL(`openapi-${version}.json`, RELEASES);
}

/** @throws Error when no release was kept */
export function compareWithLastRelease(allowed: readonly AllowedBreak[]): Comparison {
  const versions = readdirSync(RELEASES).flatMap((name) => NAME.exec(name)?.groups?.version ?? []);
  const release = versions.toSorted(compare).at(-1);
  if (!release) throw new Error(`no document of a release in ${RELEASES.pathname}`);
  const before = JSON.parse(readFileSync(releaseFile(release), "utf8")) as Json;
  const breaks = openApiBreaks(before, { ...openApiDocument("/") });
  return { release, found: withoutAllowed(breaks, allowed) };
}

/** An entry that allows nothing is found too: it would hide the same break later. */
export function withoutAllowed(breaks: readonly string[], allowed: readonly AllowedBreak[]): string[] {
  const meant = new Set(allowed.filter(({ reason }) => reason.trim()).map(({ what }) => what));
  const vain = allowed.filter(({ what, reason }) => !reason.trim() || !breaks.includes(what));
  return [
    ...breaks.filter((what) => !meant.has(what)),
    ...vain.map(({ what }) => `allowed without a reason, or no break: ${what}`),
  ];
}
