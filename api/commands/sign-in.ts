import type { Config } from "../config/config.ts";
import { callServer } from "./running-server.ts";

/** `sign-in`: prints a link that signs the operator in. The link alone on standard output. */
export async function signIn(config: Config): Promise<void> {
  const { url, endsAt } = await callServer<{ url: string; endsAt: string }>(
    config,
    "POST",
    "/api/v1/sign-in-links",
  );
  console.error(`Signs the operator in, once and until ${endsAt}:`);
  console.log(url);
}

/**
 * What a start prints. A link is for the operator's eyes: it goes to a terminal, and to a log with the new API key alone.
 * A link that can't be made now holds up nothing.
 */
export async function signInLine(
  showsLink: boolean,
  make: (() => Promise<string>) | undefined,
): Promise<string> {
  const link = showsLink && (await make?.().catch(() => undefined));
  return link
    ? `Sign in, once and within ten minutes: ${link}`
    : "Sign in: npm run -s berth -- sign-in prints a link";
}
