// An assistant's data where Docker runs it: its volume.
import { resourceName } from "../args.ts";
import type { AssistantData } from "../target.ts";
import { haltAssistant, startAssistant } from "./halt.ts";
import { untilStarted } from "./started.ts";
import { readVolume, replaceVolume, type StateVolume } from "./volume.ts";

export function dockerState(volume: StateVolume): AssistantData {
  const { deploymentId } = volume;
  return {
    halt: () => haltAssistant(deploymentId),
    start: () => startAssistant(deploymentId),
    async untilStarted(endpoint, timeoutSeconds) {
      const container = resourceName(deploymentId);
      if (endpoint) await untilStarted({ container, url: `${endpoint}/startupz`, timeoutSeconds });
    },
    read: (signal) => readVolume(volume, signal),
    replace: (archive, signal) => replaceVolume(volume, archive, signal),
  };
}
