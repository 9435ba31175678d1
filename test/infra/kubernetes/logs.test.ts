// Followed logs and programs in pods, against an API server made up that cuts connections, refuses and is silent.
import { getEventListeners, once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { connect } from "../../../infra/kubernetes/client.ts";
import { readFrom, writeTo } from "../../../infra/kubernetes/exec.ts";
import { openLogs } from "../../../infra/kubernetes/logs.ts";
import { kubeconfigOf } from "../../support/fake-kubernetes.ts";
import { PLACE } from "../../support/kubernetes-place.ts";

const ID = "01940000-0000-7000-8000-000000000001";
const LINES = ["one", "two", "three"].map((text, at) => `2026-11-01T12:00:0${at}.000000000Z ${text}\n`);

let folder: string;
let server: Server;
/** How each look into the log is answered, one after another; the last one stays. */
let answers: ((response: ServerResponse) => void)[];
let stop: AbortController;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "berth-logs-"));
  answers = [];
  stop = new AbortController();
  server = createServer((request, response) => {
    if (!new URL(request.url ?? "", "http://fake").pathname.endsWith("/log"))
      response.setHeader("Content-Type", "application/json").end(JSON.stringify({ metadata: { name: "x" } }));
    else (answers.length > 1 ? answers.shift() : answers[0])?.(response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  writeFileSync(join(folder, "config"), kubeconfigOf(`http://127.0.0.1:${port}`));
  vi.stubEnv("KUBECONFIG", join(folder, "config"));
});
afterEach(() => {
  stop.abort();
  server.closeAllConnections();
  server.close();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const refuses = (code: number, message: string) => (response: ServerResponse) =>
  void response
    .writeHead(code, { "Content-Type": "application/json" })
    .end(JSON.stringify({ code, message }));
const writes = (lines: readonly string[]) => (response: ServerResponse) =>
  void response.write(lines.join(""));
const writesAndIsCut = (lines: readonly string[]) => (response: ServerResponse) =>
  void response.write(lines.join(""), () => setTimeout(() => response.destroy(), 20));

async function follow(wanted: { readonly tail?: number; readonly follow?: boolean } = {}) {
  const lines = await openLogs(connect(PLACE), ID, { tail: 10, follow: true, ...wanted }, stop.signal);
  return lines?.[Symbol.asyncIterator]();
}

it("goes on after its connection is cut, with what has not been read", async () => {
  answers = [writesAndIsCut(LINES.slice(0, 2)), writes(LINES)];
  const lines = await follow();
  const texts = [];
  while (texts.length < 3) texts.push((await lines?.next())?.value?.text);
  expect(texts).toEqual(["one", "two", "three"]);
});

it("waits for a container that has not begun, and leaves nothing at the reader's signal", async () => {
  const waiting = refuses(400, "container is waiting to start");
  answers = [waiting, waiting, writesAndIsCut(LINES.slice(0, 1)), writes(LINES)];
  const lines = await follow();
  expect((await lines?.next())?.value).toMatchObject({ text: "one" });
  expect((await lines?.next())?.value).toMatchObject({ text: "two" });
  expect(getEventListeners(stop.signal, "abort").length).toBeLessThanOrEqual(2);
});

it("says that it may not be read, also to who follows it", async () => {
  answers = [writesAndIsCut(LINES.slice(0, 1)), refuses(403, "pods/log is forbidden")];
  const lines = await follow();
  expect((await lines?.next())?.value).toMatchObject({ text: "one" });
  await expect(lines?.next()).rejects.toThrow("refuses Berth this: pods/log is forbidden");
});

it("is not called whole where it was cut off", async () => {
  answers = [writesAndIsCut(LINES.slice(0, 1))];
  const lines = await follow({ follow: false });
  expect((await lines?.next())?.value).toMatchObject({ text: "one" });
  await expect(lines?.next()).rejects.toThrow("The Kubernetes API server is not reachable");
});

it("ends when its reader leaves, without a word", async () => {
  answers = [writes(LINES.slice(0, 1))];
  const lines = await follow();
  await lines?.next();
  setTimeout(() => stop.abort(), 50);
  expect(await lines?.next()).toMatchObject({ done: true });
});

it("a program in a pod is not waited for where the API server takes the call and is silent", async () => {
  server.on("upgrade", () => {});
  const inside = { pod: "x", container: "assistant", command: ["true"] };
  const signal = () => AbortSignal.timeout(200);
  await expect(writeTo(connect(PLACE), inside, [], signal())).rejects.toThrow(/timeout/i);
  await expect(readFrom(connect(PLACE), inside, signal()).next()).rejects.toThrow(/timeout/i);
  await expect(writeTo(connect(PLACE), inside, [], AbortSignal.abort(new Error("given up")))).rejects.toThrow(
    "given up",
  );
});
