// What runs the assistants of a target, past Pulumi: a Docker engine, or ECS on a foundation.
import type { Foundation } from "./args.ts";

export interface Engine {
  /** @throws Error when it does not answer, or refuses Berth. */
  assertAnswers(timeoutMs: number): Promise<void>;
  /** Removes what a cut-off operation has left and the stack's state doesn't know; never an assistant's data. */
  removeStrays(deploymentId: string, known: ReadonlySet<string>): Promise<void>;
  /** Removes what is left of a deleted deployment once its stack is gone. */
  removeAll(deploymentId: string): Promise<void>;
}

/** @param foundation of the target aws; without one it is Docker. */
export async function targetEngine(foundation: Foundation | undefined): Promise<Engine> {
  if (foundation) {
    const { ecsEngine } = await import("./aws/engine.ts");
    return ecsEngine(foundation);
  }
  const { assertEngineAnswers, removeStrays, removeAll } = await import("./docker/engine.ts");
  return { assertAnswers: assertEngineAnswers, removeStrays, removeAll };
}
