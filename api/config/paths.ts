// Settings that are paths, and the one that is a URL of a path. What is no URL is never parsed as one, and the other way round.
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { z } from "zod";
import { PROJECT_ROOT } from "../../stacks/pulumi/environment.ts";

const FILE = "file://";
/** A control character would break logs and answers; U+FFFD stands for bytes that are no UTF-8, so the path is not what was meant. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const UNUSABLE = /[\u0000-\u001f\u007f\ufffd]/;

/** A path that may have any character that can be shown: spaces, letters beyond ASCII, `%`, `#`, `?` and `:`. */
export const path = z
  .string()
  .min(1)
  .refine((text) => !UNUSABLE.test(text), {
    error: ({ input }) =>
      `must be a path of visible characters in UTF-8; it has ${codePointIn(String(input))}`,
  });

export const backendUrl = z
  .string()
  .regex(/^[a-z0-9+.-]+:\/\//, "must be a URL such as file://, s3:// or postgres://")
  .refine((url) => !UNUSABLE.test(url), {
    error: ({ input }) => `must have visible characters alone; it has ${codePointIn(String(input))}`,
  })
  .refine(
    (url) => !(url.startsWith(FILE) && url.includes("#")),
    "must not have a #, which ends the path of a URL: write %23",
  );

/** The backend of Pulumi in a folder, as a URL. */
export function fileBackend(folder: string): string {
  return withoutSidecars(pathToFileURL(folder).href);
}

/**
 * A backend as it was set, in a form that Pulumi and Berth read the same. As Pulumi does, `file://~` is taken for the home
 * folder and another relative path for one of the project's folder.
 */
export function givenBackend(url: string, home: string = homedir()): string {
  if (!url.startsWith(FILE)) return url;
  const [written = "", ...query] = url.slice(FILE.length).split("?");
  const name = decoded(written);
  const folder = /^~(\/|$)/.test(name) ? join(home, name.slice(1)) : resolve(PROJECT_ROOT, name);
  return withoutSidecars([pathToFileURL(folder).href, ...query].join("?"));
}

/** Somebody may have written a path as it is: then a `%` stands for itself. */
function decoded(written: string): string {
  try {
    return fileURLToPath(`file://${written.startsWith("/") ? "" : "/"}${written}`).slice(
      written.startsWith("/") ? 0 : 1,
    );
  } catch {
    return written;
  }
}

/**
 * A file backend writes a second file beside each of its own, and that not at once: pulumi killed in between would leave
 * a stack that nobody can read. Nothing needs those files.
 */
function withoutSidecars(url: string): string {
  if (new URL(url).searchParams.has("metadata")) return url;
  return `${url}${url.includes("?") ? "&" : "?"}metadata=skip`;
}

function codePointIn(text: string): string {
  const at = text.search(UNUSABLE);
  const code = text.codePointAt(at) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")} at place ${at + 1}`;
}
