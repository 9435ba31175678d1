// While this process ends what is to be deleted, the plugins that it serves delete nothing.
import grpc from "@grpc/grpc-js";
import type { Callback, Served } from "../stand-ins/serve.ts";

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
    delete(call: { readonly cancelled?: boolean }, callback: Callback) {
      // Of an engine that has gone meanwhile the state still has it.
      const goOn = () =>
        call.cancelled ? callback({ code: grpc.status.CANCELLED }) : remove(call as never, callback);
      void underWay.then(goOn);
    },
  };
  return { ...served, handlers };
}
