// An assistant's data where Docker runs it: its volume.
import { resourceName } from "../args.ts";
import { type AssistantData, DataUntouched } from "../target.ts";
import { haltAssistant, startAssistant } from "./halt.ts";
import { untilStarted } from "./started.ts";
import { fillVolume, readVolume, type StateVolume } from "./volume.ts";

/** @param volume with `incoming`, the fresh volume that the stack has made for what is restored */
export function dockerState(volume: StateVolume & { readonly incoming?: string | undefined }): AssistantData {
  const { deploymentId, incoming } = volume;
  return {
    halt: () => haltAssistant(deploymentId),
    start: () => startAssistant(deploymentId),
    async untilStarted(endpoint, timeoutSeconds) {
      const container = resourceName(deploymentId);
      if (endpoint) await untilStarted({ container, url: `${endpoint}/startupz`, timeoutSeconds });
    },
    read: (signal) => readVolume(volume, signal),
    async replace(archive, signal) {
      if (incoming === undefined) throw new DataUntouched("There is no volume for what is to be restored.");
      await fillVolume(volume, incoming, archive, signal);
    },
  };
}
