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
