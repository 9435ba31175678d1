// THE table of targets: how what Berth needs of each is opened. A target's code is loaded only where that target is used.
import type { Foundation } from "./args.ts";
import type { AssistantState, Engine, Insight, StatePlace } from "./target.ts";

/** @param foundation of the target aws; without one it is Docker. */
export async function targetEngine(foundation: Foundation | undefined): Promise<Engine> {
  if (foundation) {
    const { ecsEngine } = await import("./aws/engine.ts");
    return ecsEngine(foundation);
  }
  const { assertEngineAnswers, removeStrays, removeAll } = await import("./docker/engine.ts");
  return { assertAnswers: assertEngineAnswers, removeStrays, removeAll };
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

/** @param foundation of the target aws; without one it is Docker. */
export async function targetInsight(foundation: Foundation | undefined): Promise<Insight> {
  if (foundation) {
    const { ecsInsight } = await import("./aws/insight.ts");
    return ecsInsight(foundation);
  }
  const [{ openLogs }, { measure }] = await Promise.all([
    import("./docker/logs.ts"),
    import("./docker/usage.ts"),
  ]);
  return { openLogs, measure };
}
