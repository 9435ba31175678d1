// Lets what is to be deleted be ended by the process itself meanwhile: the plugins that it serves delete nothing before that.
import type { Served } from "../stand-ins/serve.ts";

let underWay: Promise<unknown> = Promise.resolve();

/** @param work that does not fail */
export function deleteAfter(work: Promise<unknown>): void {
  underWay = work;
}

/** The same service, whose deletions wait for what was last given to deleteAfter. */
export function deletingAfter(served: Served): Served {
  const { delete: remove, ...others } = served.handlers;
  if (!remove) return served;
  const handlers = {
    ...others,
    delete: (call: never, callback: Parameters<typeof remove>[1]) =>
      void underWay.then(() => remove(call, callback)),
  };
  return { ...served, handlers };
}
