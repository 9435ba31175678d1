// What plugins are asked to delete waits for what the process itself ends.
import { status } from "@grpc/grpc-js";
import { expect, it } from "vitest";
import { deleteAfter, deletingAfter } from "../../../infra/toolchain/attached/deletions.ts";
import type { Served } from "../../../infra/toolchain/stand-ins/serve.ts";

it("deletes after what was begun last, and does all else at once", async () => {
  const done: string[] = [];
  const handlers = {
    delete: () => void done.push("delete"),
    create: () => void done.push("create"),
  };
  const served = deletingAfter({ service: {}, handlers } satisfies Served);
  const ask = (name: string) => served.handlers[name]?.({} as never, () => {});
  ask("delete");
  await Promise.resolve();
  expect(done.splice(0)).toEqual(["delete"]);
  const { promise, resolve } = Promise.withResolvers<void>();
  deleteAfter(promise);
  ask("delete");
  ask("create");
  await Promise.resolve();
  expect(done).toEqual(["create"]);
  resolve();
  await expect.poll(() => done).toEqual(["create", "delete"]);
});

it("deletes nothing for an engine that has gone while it waited", async () => {
  const done: string[] = [];
  const served = deletingAfter({ service: {}, handlers: { delete: () => void done.push("delete") } });
  const { promise, resolve } = Promise.withResolvers<void>();
  deleteAfter(promise);
  const call = { cancelled: false };
  const answers: unknown[] = [];
  served.handlers.delete?.(call as never, (error) => void answers.push(error));
  call.cancelled = true;
  resolve();
  await expect.poll(() => answers).toEqual([expect.objectContaining({ code: status.CANCELLED })]);
  expect(done).toEqual([]);
});
