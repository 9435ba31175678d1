// What lets Berth at an assistant's data on its target, and stands the assistant still meanwhile, past Pulumi.
import type { Foundation } from "./args.ts";

/** Thrown where data was to be replaced, and that was not even begun. */
export class StateUntouched extends Error {}

/** Each throws when the target does not answer, or refuses. */
export interface AssistantState {
  /**
   * Stops the assistant in good order.
   * @returns whether it was meant to run; false, too, if there is none
   * @throws Error when it runs on
   */
  halt(): Promise<boolean>;
  /** Starts it again; nothing is done if it runs, or there is none. */
  start(): Promise<void>;
  /** @param endpoint where it can be asked, if it can @throws Error when it keeps ending or doesn't start in time */
  untilStarted(endpoint: string | null, timeoutSeconds: number): Promise<void>;
  /** All of its data as an archive, below one folder: without an entry if there is none. Nothing of it may run. */
  read(signal: AbortSignal): AsyncIterable<Uint8Array>;
  /**
   * Puts an archive in the place of its data. Nothing of it may run. Cut off in the middle, it can be done again.
   * @throws StateUntouched when it is known that nothing was replaced
   */
  replace(archive: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, signal: AbortSignal): Promise<void>;
}

export interface StatePlace {
  readonly deploymentId: string;
  /** One that the engine has; of the target docker. */
  readonly image: string;
  /** The most that is ever read. */
  readonly maxBytes: number;
}

/** @param foundation of the target aws; without one it is Docker. */
export async function targetState(
  foundation: Foundation | undefined,
  place: StatePlace,
): Promise<AssistantState> {
  if (foundation) {
    const { ecsState } = await import("./aws/state.ts");
    return ecsState(foundation, place);
  }
  const { dockerState } = await import("./docker/state.ts");
  return dockerState(place);
}
