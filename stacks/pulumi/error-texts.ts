// The one place that reads the error texts of Pulumi and Docker and turns them into causes for the customer. What a
// target alone says is read by its row's patterns.
import { withoutOwnWords } from "../../infra/assistant/own-words.ts";
import { LAST_LINES } from "../../infra/target.ts";
import { TARGETS } from "../../infra/targets.ts";
import {
  BACKUP_GONE,
  type Cause,
  ENGINE_UNAVAILABLE,
  HOST_PORT_TAKEN,
  IMAGE_ACCESS_REFUSED,
  IMAGE_UNAVAILABLE,
  INTERRUPTED,
  NOT_READY,
  RESTORE_INCOMPLETE,
  SETTINGS_NOT_TAKEN,
  SETTINGS_REFUSED,
  STACK_LOCKED,
  STATE_DAMAGED,
  SUBNET_TAKEN,
} from "../causes.ts";

const MAX_DETAIL = 2_000;

const CRASHED = "CRASHED";
const FAILED = "OPERATION_FAILED";

const PASSPHRASE_REFUSED = /incorrect passphrase|passphrase must be set/i;

interface Known {
  readonly pattern: RegExp;
  readonly code: string;
  readonly sentence: string;
}

/** Causes of which a target's own texts tell more than those that follow. */
const BEFORE_TARGETS: readonly Known[] = [
  {
    pattern: /^The data is neither the backup's nor what it was/,
    code: RESTORE_INCOMPLETE,
    sentence:
      "The assistant's data is incomplete. Restore the backup that was made of it before, or another one, when the operator has made room.",
  },
  {
    pattern: /The running assistant refuses its new settings\./,
    code: SETTINGS_NOT_TAKEN,
    sentence:
      "The assistant does not take the change, and goes on as before: the old settings are in force. Correct what its own openclaw.json has beside Berth's keys, then PATCH again.",
  },
  {
    // Ahead of all that could match a name in the data.
    pattern: /^The data can't be backed up: /,
    code: "BACKUP_REFUSED",
    sentence: "Nothing was written and nothing was changed; put right what is named here, then try again.",
  },
  {
    pattern: /port is already allocated|address already in use/i,
    code: HOST_PORT_TAKEN,
    sentence:
      "The assistant's port on the host is used by another program. Its data is kept; redeploy when the port is free.",
  },
  {
    pattern: /can't be pulled: (?!.*does not exist).*(unauthorized|no basic auth credentials|\bdenied: )/i,
    code: IMAGE_ACCESS_REFUSED,
    sentence:
      "The image's registry refuses Berth's login, or wants one. The assistant's data is kept; redeploy when the operator has logged in there.",
  },
  {
    pattern:
      /not allowed here any more|no such image|unable to find image|pull access denied|manifest unknown|repository .* not found/i,
    code: IMAGE_UNAVAILABLE,
    sentence:
      "The assistant's image can't be had. Its data is kept; redeploy when the operator has made the image available.",
  },
];

const AFTER_TARGETS: readonly Known[] = [
  {
    pattern: /did not become ready within/i,
    code: NOT_READY,
    sentence:
      "The assistant started but did not become ready in time. Its data is kept; check its settings, then redeploy.",
  },
  {
    pattern: /answers, but not as an assistant must/i,
    code: "IMAGE_UNFIT",
    sentence:
      "The image is not one of an assistant: it must answer GET /startupz with JSON, as OpenClaw does since 2026.8.1. The data is kept; redeploy when the operator has set another image.",
  },
  {
    pattern: /container keeps ending/i,
    code: CRASHED,
    sentence:
      "The assistant ended again and again while starting. Its data is kept; check its settings, then redeploy.",
  },
  {
    // "database not open" is what dockerd answers while it ends.
    pattern:
      /cannot connect to the docker daemon|error during connect|connect (ECONNREFUSED|ENOENT) \S*docker|(docker|container) engine is not reachable|database not open/i,
    code: ENGINE_UNAVAILABLE,
    sentence: "The container engine is away. Nothing was lost; redeploy, or delete again, when it is back.",
  },
  {
    pattern:
      /pool overlaps|non-overlapping|all predefined address pools|networks have (overlapping|same bridge)/i,
    code: SUBNET_TAKEN,
    sentence:
      "The assistant's subnet is used by another network of the host, and no other one is free. The operator has to free some, or move BERTH_SUBNET_POOL; then redeploy.",
  },
  {
    pattern: PASSPHRASE_REFUSED,
    code: "WRONG_PASSPHRASE",
    sentence:
      "The installation's Pulumi passphrase does not open this stack. The operator has to restore it; then redeploy.",
  },
  {
    pattern: /^A stored secret can't be opened/,
    code: "SECRET_UNREADABLE",
    sentence:
      "A stored secret of the assistant can't be read. Send again by PATCH what `unreadableSecrets` of GET /:id names, then redeploy; or redeploy when the operator has restored the key.",
  },
  {
    pattern: /no space left on device/i,
    code: "DISK_FULL",
    sentence:
      "The host's disk is full. The assistant's data is kept; try again when the operator has made room.",
  },
  {
    pattern: /^The backup could not be put in place/,
    code: "RESTORE_FAILED",
    sentence:
      "The backup was not restored: it could not be put whole beside the data. The data is kept as it was; try again, or choose another backup.",
  },
  {
    pattern: /^The backup is damaged/,
    code: "BACKUP_DAMAGED",
    sentence: "The backup can't be restored. Nothing was changed; choose another one.",
  },
  {
    pattern: /^The backup is gone/,
    code: BACKUP_GONE,
    sentence:
      "The backup can't be restored: there is none any more. The data is kept as it is; choose another one.",
  },
  {
    pattern: /the limit of backups/,
    code: "BACKUP_TOO_LARGE",
    sentence: "Nothing was written and nothing was changed; ask the operator to raise BERTH_BACKUP_MAX_MIB.",
  },
  {
    pattern: /failed to load checkpoint|unexpected end of JSON/i,
    code: STATE_DAMAGED,
    sentence:
      "The stack's state can't be read, and there is no whole copy of it. The assistant's data is kept; try again when the operator has restored the state from a backup.",
  },
  {
    pattern: /currently locked by/i,
    code: STACK_LOCKED,
    sentence: "Another process is working on this stack. Try again when it has finished.",
  },
];

/** What a container that ended again and again has written last, as OpenClaw was seen to. */
const LAST_WORDS: readonly Known[] = [
  {
    pattern: /^.{0,60}(Gateway failed to start: Invalid config at|Gateway start blocked: existing config)/m,
    code: SETTINGS_REFUSED,
    sentence:
      "The assistant refuses its own openclaw.json, and ends again and again. Its data is kept; redeploy: it then starts with the last settings that it has accepted, and the refused file is kept beside them.",
  },
  {
    pattern: /ENOSPC|no space left on device|database or disk is full/i,
    code: "DISK_FULL",
    sentence:
      "The assistant has no room left for its data, and ends again and again. What it has is kept; redeploy when the operator has made room.",
  },
];

export interface LockOwner {
  readonly host: string;
  readonly pid: number;
}

/** Who holds the stack's locks, by the CLI's refusal to work on it; empty if the text is another error. */
export function lockOwners(text: string): LockOwner[] {
  const { ours } = withoutOwnWords(text);
  if (!/currently locked by/i.test(ours)) return [];
  const owners = [...ours.matchAll(/created by \S*@(\S+) \(pid (\d+)\)/g)];
  return owners.map(([, host = "", pid]) => ({ host, pid: Number(pid) }));
}

/** Whether the CLI or a plugin was killed: what was asked of it is neither done nor refused. */
export function wasKilled(texts: readonly string[]): boolean {
  return texts.some((text) =>
    /was killed with SIG|error reading from server: EOF|connection reset by peer|plugin .* exited/i.test(
      withoutOwnWords(text).ours,
    ),
  );
}

/** Whether a cause only says what was seen: what is behind it may be something else, such as an engine that went away. */
export function isVague({ code }: Cause): boolean {
  return [FAILED, CRASHED, NOT_READY].includes(code);
}

/** Whether the CLI can't open the stack by the passphrase that it is given. */
export function isPassphraseRefused(text: string): boolean {
  return PASSPHRASE_REFUSED.test(withoutCommandLine(text));
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

/** The cause of an active assistant's end: what was seen of it, and what it has said, without its secrets. */
export function crashedCause(howItEnds: string, lastLines: string): Cause {
  const { code, sentence } = LAST_WORDS.find(({ pattern }) => pattern.test(lastLines)) ?? {
    code: CRASHED,
    sentence: "The assistant ended again and again. Its data is kept; check its settings, then redeploy.",
  };
  const message = `${sentence} (${howItEnds})\n${LAST_LINES}\n`;
  return { code, message: message + lastLines.slice(message.length - MAX_DETAIL) };
}

/** The cause behind the error texts of one update, the engine's own words included. */
export function causeOf(texts: readonly string[]): Cause {
  // What an assistant has written last is a stranger's: it tells nothing of the engine or the operator's set-up.
  const split = texts.map(withoutOwnWords);
  const ours = [...new Set(split.map(({ ours }) => withoutCommandLine(ours)).filter(Boolean))].join("\n");
  const words = [...new Set(split.map(({ words }) => words).filter(Boolean))].join("\n");
  const { code, sentence } = known(ours, words) ?? {
    code: FAILED,
    sentence: "The operation failed; what exists was kept. Redeploy or delete to try again.",
  };
  if (words === "") return { code, message: `${sentence}\n${ours.slice(0, MAX_DETAIL)}` };
  const message = `${sentence}\n${ours.slice(0, MAX_DETAIL / 2)}\n`;
  // Of those, the very last say why it ended.
  return { code, message: message + words.slice(message.length - MAX_DETAIL) };
}

function known(ours: string, words: string): Known | undefined {
  const found = [...BEFORE_TARGETS, ...textsOfTargets(), ...AFTER_TARGETS].find(({ pattern }) =>
    pattern.test(ours),
  );
  if (found?.code !== CRASHED) return found;
  return LAST_WORDS.find(({ pattern }) => pattern.test(words)) ?? found;
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
