// The one place that reads the error texts of Pulumi and Docker and turns them into causes for the customer. What a
// target alone says is read by its row's patterns.
import { withoutOwnWords } from "../../infra/assistant/own-words.ts";
import { LAST_LINES } from "../../infra/target.ts";
import { TARGETS } from "../../infra/targets.ts";
import { type Cause, INTERRUPTED, NOT_READY } from "../causes.ts";
import {
  AFTER_TARGETS,
  BEFORE_TARGETS,
  CRASH_FACTS,
  CRASHED,
  FAILED,
  type Known,
  PASSPHRASE_REFUSED,
} from "./known-texts.ts";

const MAX_DETAIL = 2_000;

export interface LockOwner {
  readonly host: string;
  readonly pid: number;
}

/** Who holds the stack's locks, by the CLI's refusal to work on it; empty if the text is another error. */
export function lockOwners(text: string): LockOwner[] {
  const { ours } = withoutOwnWords(text);
  if (!/currently locked by/i.test(ours)) return [];
  const owners = [...ours.matchAll(/created by \S*@(\S*) \(pid (\d+)\)/g)];
  return owners.map(([, host = "", pid]) => ({ host, pid: Number(pid) }));
}

const KILLED =
  /was killed with SIG|error reading from server: EOF|connection reset by peer|code = Unavailable|plugin .* exited/i;

/** Whether the CLI or a plugin was killed: what was asked of it is neither done nor refused. */
export function wasKilled(texts: readonly string[]): boolean {
  return texts.some((text) => KILLED.test(withoutOwnWords(text).ours));
}

/** Whether a cause only says what was seen: what is behind it may be something else, such as an engine that went away. */
export function isVague({ code }: Cause): boolean {
  return [FAILED, CRASHED, NOT_READY].includes(code);
}

/** Whether the CLI can't open the stack by the passphrase that it is given. */
export function isPassphraseRefused(text: string): boolean {
  return PASSPHRASE_REFUSED.test(withoutCommandLine(text));
}

/** Whether the CLI has refused to do anything: the stack is another process's, or its passphrase is another one. */
export function isRefused(text: string): boolean {
  return lockOwners(text).length > 0 || isPassphraseRefused(text);
}

/** Whether the CLI says it in every run where a plugin is found on PATH. */
export function isNoise(text: string): boolean {
  return /^using pulumi-\S+ from \$PATH/.test(text);
}

/** The cause of an operation whose process did not end by itself. */
export function interruptedCause(why: string): Cause {
  const advice = "What exists was kept; redeploy or delete to try again.";
  return { code: INTERRUPTED, message: `${why} ${advice}`.slice(0, MAX_DETAIL) };
}

/**
 * The cause of an active assistant's end.
 * @param howItEnds what the target says of it
 * @param lastLines what it has said, without its secrets: shown, never read from
 */
export function crashedCause(howItEnds: string, lastLines: string): Cause {
  const { code, sentence } = CRASH_FACTS.find(({ pattern }) => pattern.test(howItEnds)) ?? {
    code: CRASHED,
    sentence: "The assistant ended again and again. Its data is kept; check its settings, then redeploy.",
  };
  const message = `${sentence} (${howItEnds})\n${LAST_LINES}\n`;
  return { code, message: message + lastLines.slice(message.length - MAX_DETAIL) };
}

/** The cause behind the error texts of one update, the engine's own words included. */
export function causeOf(texts: readonly string[]): Cause {
  // What an assistant has written last is a stranger's: it says nothing about the engine or the operator's set-up.
  const split = texts.map(withoutOwnWords);
  const ours = [...new Set(split.map(({ ours }) => withoutCommandLine(ours)).filter(Boolean))].join("\n");
  const words = [...new Set(split.map(({ words }) => words).filter(Boolean))].join("\n");
  const { code, sentence } = known(ours) ?? {
    code: FAILED,
    sentence: "The operation failed; what exists was kept. Redeploy or delete to try again.",
  };
  if (words === "") return { code, message: `${sentence}\n${ours.slice(0, MAX_DETAIL)}` };
  const message = `${sentence}\n${ours.slice(0, MAX_DETAIL / 2)}\n`;
  // Of those, the very last say why it ended.
  return { code, message: message + words.slice(message.length - MAX_DETAIL) };
}

function known(ours: string): Known | undefined {
  const found = [...BEFORE_TARGETS, ...textsOfTargets(), ...AFTER_TARGETS].find(({ pattern }) =>
    pattern.test(ours),
  );
  if (found?.code !== CRASHED) return found;
  return CRASH_FACTS.find(({ pattern }) => pattern.test(ours)) ?? found;
}

function textsOfTargets(): readonly Known[] {
  const common = [...BEFORE_TARGETS, ...AFTER_TARGETS];
  const sentenceOf = (code: string) => common.find((one) => one.code === code)?.sentence ?? "";
  const texts = [...TARGETS.values()].flatMap(({ errorTexts }) => errorTexts);
  return texts.map(({ pattern, code, sentence = sentenceOf(code) }) => ({ pattern, code, sentence }));
}

/** The SDK's error carries the whole command line and all output: only what says `error:` is for reading. */
function withoutCommandLine(text: string): string {
  if (!/^ ?code: -?\d+/m.test(text)) return text.trim();
  // An error of several parts goes on in lines that are set in; the SDK sets its own in by one space.
  const errors = text.match(/^\s*error: .*(\n+(\t| {2,}).*)*/gm) ?? [];
  return errors.map((error) => error.trim()).join("\n");
}
