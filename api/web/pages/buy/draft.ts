// What was typed into the form of a slot, for who leaves it and comes back. Secrets stay in memory alone.
import type { Deployment } from "../../api/deployments.ts";
import type { ModelProvider } from "../../api/shapes.ts";
import { tabStorage } from "../../parts/tab-storage.ts";
import { type Settings, settingsOf } from "../assistant/settings/changes.ts";

/** The fields of an assistant's settings, which activate and PATCH share. */
export type Draft = Settings;

const drafts = new Map<string, Draft>();
const keyOf = (id: string) => `berth-draft-${id}`;

export function keepDraft(id: string, draft: Draft): void {
  drafts.set(id, draft);
  tabStorage.set(keyOf(id), JSON.stringify({ ...draft, telegramBotToken: "", modelApiKey: "" }));
}

export function dropDraft(id: string): void {
  drafts.delete(id);
  tabStorage.remove(keyOf(id));
}

/** What was typed last; else what the record has of an activation that failed; else nothing. */
export function draftOf(deployment: Deployment, providers: readonly ModelProvider[]): Draft {
  const { deploymentId: id, modelProvider } = deployment;
  const ofRecord = settingsOf(deployment);
  const isKnown = ofRecord.modelProvider === modelProvider;
  const provider = isKnown ? modelProvider : (providers[0] ?? ofRecord.modelProvider);
  return { ...ofRecord, modelProvider: provider, ...stored(id), ...drafts.get(id) };
}

function stored(id: string): Partial<Draft> {
  try {
    return JSON.parse(tabStorage.get(keyOf(id)) ?? "{}") as Partial<Draft>;
  } catch {
    return {};
  }
}
