// Where the worker learns what its AWS region's deployments share: asked once, at its start, and handed to each stack.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Foundation } from "./args.ts";
import { parseFoundation } from "./foundation-outputs.ts";

const TIMEOUT_MS = 60_000;

/** Folder of the foundation's own Pulumi project. */
export const FOUNDATION_PROJECT = fileURLToPath(new URL("./foundation", import.meta.url));

/**
 * The outputs of the foundation's stack.
 * @throws Error when there is no such stack, or it is not finished, with what to do.
 */
export async function readFoundation(
  stack: string,
  pulumiPath: string,
  environment: Record<string, string>,
): Promise<Foundation> {
  const command = ["stack", "output", "--json", "--stack", stack, "--non-interactive"];
  const options = { cwd: FOUNDATION_PROJECT, env: environment, timeout: TIMEOUT_MS };
  const text = await promisify(execFile)(pulumiPath, command, options).then(
    ({ stdout }) => stdout,
    (error: { stderr?: string }) => {
      const why = error.stderr?.trim().split("\n").at(-1) ?? "pulumi did not answer";
      throw new Error(
        `The foundation's stack ${stack} can't be read: ${why}. Make it with: npm run berth -- aws up`,
      );
    },
  );
  try {
    return parseFoundation(JSON.parse(text));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `The foundation's stack ${stack} is not finished: ${why}. Finish it with: npm run berth -- aws up`,
    );
  }
}
