// Requests of this process that are under way: they end when their assistant is stopped, when the operator stops their
// provider, and when nobody knows any more whether they may go on.
import type { ModelProvider } from "../../infra/assistant/openclaw.ts";
import type { Refusal } from "../../infra/gateway/access.ts";
import type { Standing } from "./standing.ts";

const STOPPED: Refusal = { status: 403, message: "This assistant may not use models any longer." };
export const UNCOUNTED: Refusal = {
  status: 503,
  message: "Requests can't be counted now. Try again in a moment.",
};

interface Running {
  readonly deploymentId: string;
  readonly provider: ModelProvider;
  readonly ending: AbortController;
}

export class UnderWay {
  readonly #running = new Map<string, Running>();

  /** @returns what gives the signal when the request is to end, with the refusal as its reason */
  begin(id: string, deploymentId: string, provider: ModelProvider): AbortSignal {
    const ending = new AbortController();
    this.#running.set(id, { deploymentId, provider, ending });
    return ending.signal;
  }

  end(id: string): void {
    this.#running.delete(id);
  }

  get deploymentIds(): ReadonlySet<string> {
    return new Set([...this.#running.values()].map(({ deploymentId }) => deploymentId));
  }

  /** Ends those that may not go on. @param looked at: deployments of which the standing says something */
  endStopped(looked: ReadonlySet<string>, { allowed, stops }: Pick<Standing, "allowed" | "stops">): void {
    for (const { deploymentId, provider, ending } of this.#running.values()) {
      const mayGoOn = allowed.has(deploymentId) && !stops.includes("all") && !stops.includes(provider);
      if (looked.has(deploymentId) && !mayGoOn) ending.abort(STOPPED);
    }
  }

  /** Ends all. */
  endUnknown(): void {
    for (const { ending } of this.#running.values()) ending.abort(UNCOUNTED);
  }
}
