// The cluster's own time: the moments in its objects are of its clock, and this machine's may be another, or jump.
import type { Middleware } from "@kubernetes/client-node";

export class ClusterClock {
  /** Of the API server's last answer; undefined as long as it has not said its time. */
  #offsetMs: number | undefined;

  /** In ms since 1970, by what the API server has answered last and the time that has passed since. */
  now(): number {
    return this.#offsetMs === undefined ? Date.now() : performance.now() + this.#offsetMs;
  }

  /** Reads it from the answers of a client. */
  get reader(): Middleware {
    return {
      pre: async (context) => context,
      post: async (context) => {
        const said = Date.parse(context.headers.date ?? "");
        if (Number.isFinite(said)) this.#offsetMs = said - performance.now();
        return context;
      },
    };
  }
}
