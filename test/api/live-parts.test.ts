// What streams of events are made of: where they can go on from, how much waits for a client, in which order they are filled.
import { EventEmitter } from "node:events";
import type { Response } from "express";
import { describe, expect, it } from "vitest";
import { type Entry, Memory } from "../../api/routes/live/memory.ts";
import { eventText, LiveStream } from "../../api/routes/live/stream.ts";
import { Turns } from "../../api/routes/live/turns.ts";
import type { OperationEvent } from "../../stacks/operations/operation-log.ts";
import { sentenceOf } from "../../stacks/operations/progress.ts";

const changed = (id: string): Entry => ({ kind: "deployment", id });
const idsOf = (entries: readonly Entry[] | undefined) => entries?.map(({ id }) => id);

describe("what has changed since", () => {
  it("is each thing once, in the order of its latest change", () => {
    const memory = new Memory();
    const start = memory.position;
    for (const id of ["a", "b", "a", "c"]) memory.add(changed(id));
    expect(idsOf(memory.since(start))).toEqual(["b", "a", "c"]);
    const here = memory.position;
    expect(memory.since(here)).toEqual([]);
    memory.add({ kind: "operation", id: "a", deploymentId: "d" });
    expect(memory.since(here)).toEqual([{ kind: "operation", id: "a", deploymentId: "d" }]);
  });

  it("is known of as many things as are remembered, and not beyond", () => {
    const memory = new Memory(2);
    const start = memory.position;
    memory.add(changed("a"));
    const afterA = memory.position;
    memory.add(changed("b"));
    expect(idsOf(memory.since(start))).toEqual(["a", "b"]);
    memory.add(changed("c"));
    expect(memory.since(start)).toBeUndefined();
    expect(idsOf(memory.since(afterA))).toEqual(["b", "c"]);
  });

  it("is not known of another process, of the future, of what is no position, and after changes were missed", () => {
    const memory = new Memory();
    memory.add(changed("a"));
    const { position } = memory;
    const [epoch] = position.split("-");
    for (const text of [`${epoch}-2`, `${epoch}-`, `${epoch}--1`, `${epoch}-1e1`, "x-1", "", "__proto__"])
      expect(memory.since(text), text).toBeUndefined();
    expect(memory.since(position)).toEqual([]);
    memory.forgetAll();
    expect(memory.since(position)).toBeUndefined();
  });
});

/** As a stream sees its response. */
class FakeResponse extends EventEmitter {
  readonly written: string[] = [];
  writableLength = 0;
  writableNeedDrain = false;
  closed = false;
  destroyed = false;
  writableEnded = false;
  write(text: Buffer): boolean {
    this.written.push(text.toString());
    return true;
  }
  end(): void {
    this.writableEnded = true;
  }
  destroy(): void {
    this.destroyed = true;
  }
}

function open(): { response: FakeResponse; stream: LiveStream } {
  const response = new FakeResponse();
  return { response, stream: new LiveStream(response as unknown as Response, "account", undefined) };
}

describe("a stream", () => {
  it("holds back what changes while it is filled, each thing once, and sends it at once afterwards", () => {
    const { response, stream } = open();
    stream.beginFilling();
    for (const id of ["a", "b", "a"]) stream.offer(changed(id), eventText("deployment", `"old ${id}"`));
    expect(response.written).toEqual([]);
    expect(idsOf(stream.takeHeld())).toEqual(["a", "b"]);
    expect(stream.takeHeld()).toEqual([]);
    stream.endFilling("epoch-7");
    stream.offer(changed("a"), eventText("deployment", '"new"', "epoch-7"));
    expect(response.written).toEqual([
      "id: epoch-7\nevent: seeded\ndata: {}\n\n",
      'id: epoch-7\nevent: deployment\ndata: "new"\n\n',
    ]);
  });

  it("names no place to go on from while it is filled", () => {
    const { response, stream } = open();
    stream.beginFilling();
    stream.beat("epoch-1");
    stream.endFilling("epoch-1");
    stream.beat("epoch-2");
    expect(response.written.map((text) => text.split("\n")[0])).toEqual([
      "event: heartbeat",
      "id: epoch-1",
      "id: epoch-2",
    ]);
  });

  it("holds back by their ids what changes while a quarter of a megabyte waits to be read, and says so once", () => {
    const { response, stream } = open();
    stream.endFilling("epoch-0");
    const text = eventText("deployment", "{}");
    response.writableLength = 256 * 1024;
    expect(stream.offer(changed("a"), text)).toBe(true);
    response.writableLength++;
    expect(["b", "c", "b"].map((id) => stream.offer(changed(id), text))).toEqual([false, true, true]);
    expect(response.written).toHaveLength(2);
    expect(idsOf(stream.takeHeld())).toEqual(["b", "c"]);
    response.writableLength = 0;
    stream.endHolding();
    expect(stream.offer(changed("d"), text)).toBe(true);
    expect(response.written).toHaveLength(3);
  });

  it("waits until its client has read, and not for one that has gone", async () => {
    const { response, stream } = open();
    await stream.drained();
    response.writableNeedDrain = true;
    const [drained, closed] = [stream.drained(), stream.drained()];
    response.emit("drain");
    await Promise.all([drained, closed]);
    expect(response.destroyed).toBe(false);
    const left = stream.drained();
    response.emit("close");
    await left;
  });

  it("that is filled once more leaves the filling before", () => {
    const { stream } = open();
    const before = stream.beginFilling();
    expect(before()).toBe(true);
    const after = stream.beginFilling();
    expect([before(), after()]).toEqual([false, true]);
    stream.end("unavailable");
    expect(after()).toBe(false);
  });
});

it("turns are taken some at a time, in order, and one that fails is over, too", async () => {
  const turns = new Turns(2);
  const log: string[] = [];
  const ends = new Map<string, () => void>();
  const work = (name: string, fails = false) =>
    turns
      .take(async () => {
        log.push(name);
        await new Promise<void>((resolve) => ends.set(name, resolve));
        if (fails) throw new Error(name);
      })
      .catch((error: Error) => void log.push(`${error.message} failed`));
  const all = [work("a", true), work("b"), work("c"), work("d")];
  await Promise.resolve();
  expect(log).toEqual(["a", "b"]);
  ends.get("a")?.();
  await expect.poll(() => log.toSorted()).toEqual(["a", "a failed", "b", "c"]);
  ends.get("b")?.();
  await expect.poll(() => log.at(-1)).toBe("d");
  for (const end of ends.values()) end();
  await Promise.all(all);
});

it.each<[OperationEvent, string]>([
  [{ kind: "resource", step: "started", op: "create", resource: "Network a" }, "Making Network a…"],
  [
    { kind: "resource", step: "started", op: "create", resource: "Command readiness" },
    "Waiting until the assistant says that it is ready…",
  ],
  [{ kind: "resource", step: "done", op: "delete", resource: "Volume a" }, "Removed Volume a."],
  [
    { kind: "resource", step: "failed", op: "update", resource: "Container a" },
    "Changing Container a has failed.",
  ],
  [{ kind: "resource", step: "done", op: "import", resource: "X" }, "Done: import of X."],
  [{ kind: "diagnostic", severity: "error", message: "x".repeat(600) }, "x".repeat(500)],
  [{ kind: "summary", durationSeconds: 4, changes: {} }, "Pulumi is done, after 4 s."],
])("the log's %j is told as %j", (event, sentence) => {
  expect(sentenceOf(event)).toBe(sentence);
});
