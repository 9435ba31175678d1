// What an assistant reads, as entries of an archive: its settings, and what it is handed.
import { basename, join } from "node:path/posix";
import { editSettings, readSettings } from "../assistant/edit-settings.mjs";
import { IMAGE_UID } from "../assistant/image-contract.ts";
import { GATEWAY_CA_PATH, HANDED_PATH } from "../assistant/openclaw.ts";
import { pluginFiles } from "../assistant/plugin-files.ts";
import { bytesOfText } from "../assistant/settings-bytes.mjs";
import type { Asked } from "./settings-asked.ts";
import type { Entry } from "./tar.ts";

export interface Prepared {
  /** Of the file itself, inside the container. */
  readonly path: string;
  /** What is in it; undefined if there was none, or it is set aside. */
  readonly text?: string | undefined;
  readonly wanted: string;
}

/** In what the assistant is handed. */
export function secretsName({ secretsFingerprint }: Asked): string {
  return `${secretsFingerprint}.json`;
}

/** Another setting or secret is another path, which makes an assistant that runs read it. */
export function handedEntries(asked: Asked, secrets: string): Entry[] {
  const { gatewayCa } = asked;
  const readable = (name: string, content: string) => ({ name, content, mode: 0o444, ...userOf(asked) });
  return [
    secretsEntry(asked, secretsName(asked), secrets),
    ...pluginFiles().map(({ name, text }) => readable(`plugin/${name}`, text)),
    ...(gatewayCa ? [readable(basename(GATEWAY_CA_PATH), gatewayCa)] : []),
  ];
}

export function secretsEntry(asked: Asked, name: string, content: string): Entry {
  return { name, content, mode: 0o400, ...userOf(asked) };
}

export function settingsEntry(asked: Asked, name: string, text: string): Entry {
  return { name, content: bytesOfText(text), mode: 0o600, ...userOf(asked) };
}

/** All that an assistant without a container is handed, by paths inside a door. The secrets that its settings name now are emptied. */
export function handedByPath(asked: Asked, secrets: string, { text }: Prepared): Entry[] {
  const before = secretsNameIn(text);
  const isUnused = before !== undefined && before !== secretsName(asked);
  const handed = [...handedEntries(asked, secrets), ...(isUnused ? [secretsEntry(asked, before, "{}")] : [])];
  return handed.map((entry) => ({ ...entry, name: join(HANDED_PATH, entry.name) }));
}

/** The settings, by their path inside a door; none where they are as wanted. */
export function settingsByPath(asked: Asked, { path, text, wanted }: Prepared): Entry[] {
  return text === wanted ? [] : [settingsEntry(asked, path, wanted)];
}

/** Where new settings are written, to be moved from there: an assistant that runs must not read half of them. */
export function unfinished(path: string): string {
  return `${path}.new`;
}

/** Undefined for what is no file of settings. */
export function edited({ settings }: Asked, text: string): string | undefined {
  try {
    return editSettings(text, settings);
  } catch {
    return undefined;
  }
}

/** The file of secrets that the settings name; undefined if that is none of Berth's. */
export function secretsNameIn(text: string | undefined): string | undefined {
  const current = text === undefined ? undefined : readSettings(text);
  const path = (current as { secrets?: { providers?: { berth?: { path?: unknown } } } } | undefined)?.secrets
    ?.providers?.berth?.path;
  return new RegExp(`^${HANDED_PATH}/([0-9a-f]+\\.json)$`).exec(String(path))?.[1];
}

function userOf({ uid = IMAGE_UID }: Asked) {
  return { uid, gid: uid };
}
