// What a container that ended leaves to say: why, and the last lines of its log. They may hold secrets.
import type Docker from "dockerode";
import { ownWords } from "../assistant/own-words.ts";
import { takeFrames } from "./log-frames.ts";

/** A container that Docker had to restart so often is given up. */
export const RESTARTS_OF_A_CRASH_LOOP = 5;

const LOG_LINES = 20;

/** Why a container ended, for the end of a sentence. */
export function howItEnded(state: { readonly OOMKilled: boolean; readonly ExitCode: number }): string {
  return state.OOMKilled ? "it ran out of memory" : `exit code ${state.ExitCode}`;
}

/** The last lines that a container has written, without the control characters that a record can't carry. Long ones are cut. */
export async function lastLogLines(container: Docker.Container): Promise<string> {
  const log = await container.logs({ stdout: true, stderr: true, tail: LOG_LINES });
  const text = Buffer.concat(takeFrames(log).frames.map(({ bytes }) => bytes)).toString("utf8");
  return ownWords(text).trim();
}
