// Pulls an image into the Docker engine, with the login of its registry.
import Docker from "dockerode";
import { fullName, type ImageReference } from "../../assistant/image-reference.ts";
import type { RegistryLogins } from "../../target.ts";
import { findLogin } from "./registry-login.ts";

export interface Pull {
  readonly logins: RegistryLogins;
  readonly signal?: AbortSignal;
  /** Called with the engine's progress. */
  readonly onProgress?: (event: PullEvent) => void;
}

export interface PullEvent {
  readonly id?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
}

/** @throws Error in the engine's own words, and with what is known of the login */
export async function pullImage(
  reference: ImageReference,
  { logins, signal, onProgress = () => {} }: Pull,
): Promise<void> {
  const { login, failure } = await findLogin(logins, reference.repository);
  const docker = new Docker();
  try {
    const options = { ...(login && { authconfig: login }), ...(signal && { abortSignal: signal }) };
    const progress = await docker.pull(fullName(reference), options);
    await new Promise<void>((resolve, reject) => {
      const onDone = (error: Error | null) => (error ? reject(error) : resolve());
      docker.modem.followProgress(progress, onDone, onProgress);
    });
  } catch (error) {
    const asWhom = login ? `with the login for ${login.serveraddress}` : "without a login";
    throw new Error(`${engineWords(error)} (asked ${asWhom}${failure ? `: ${failure}` : ""})`);
  }
}

/** dockerode keeps the engine's own words apart from the HTTP status. */
export function engineWords(error: unknown): string {
  const { json, message } = error as Error & { readonly json?: { readonly message?: string } };
  return json?.message ?? message;
}
