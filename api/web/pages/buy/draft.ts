// What was typed into the form of a slot.
import type { Deployment } from "../../api/deployments.ts";
import type { ModelProvider } from "../../api/shapes.ts";
import { draftsOf } from "../../parts/drafts.ts";
import { SECRETS, type Settings, settingsOf } from "../assistant/settings/changes.ts";

/** The fields of an assistant's settings, which activate and PATCH share. */
export type Draft = Settings;

export const activationDrafts = draftsOf<Draft>("activation", SECRETS);

/** What was typed last; else what the record has of an activation that failed; else nothing. */
export function draftOf(deployment: Deployment, providers: readonly ModelProvider[]): Draft {
  const { deploymentId: id, modelProvider } = deployment;
  const ofRecord = settingsOf(deployment);
  const isKnown = ofRecord.modelProvider === modelProvider;
  const provider = isKnown ? modelProvider : (providers[0] ?? ofRecord.modelProvider);
  return { ...ofRecord, modelProvider: provider, ...activationDrafts.of(id) };
}
