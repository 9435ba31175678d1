// The watches of a namespace, against an API server made up that lists, streams changes, forgets and goes away.
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Watch } from "@kubernetes/client-node";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { connect } from "../../../infra/kubernetes/client.ts";
import { WatchedObjects } from "../../../infra/kubernetes/watch-objects.ts";
import { EngineAway } from "../../../infra/target.ts";
import { kubeconfigOf } from "../../support/fake-kubernetes.ts";
import { PLACE } from "../../support/kubernetes-place.ts";

const ONE = "01940000-0000-7000-8000-000000000001";
const TWO = "01940000-0000-7000-8000-000000000002";
const LONG_MS = 120_000;

let folder: string;
let server: Server;
let pods: object[];
let lists: number;
let streams: ServerResponse[];
let stop: AbortController;
let watched: WatchedObjects;

const pod = (id: string, more: object = {}) => ({
  metadata: {
    name: `berth-${id}-0`,
    namespace: PLACE.namespace,
    resourceVersion: "2",
    labels: { "berth.dev/deployment": id },
    ...more,
  },
});

function listen(port = 0): void {
  server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://fake");
    response.setHeader("Content-Type", "application/json");
    const plural = url.pathname.split("/").at(-1);
    if (plural === PLACE.namespace) response.end(JSON.stringify({ metadata: { uid: PLACE.namespaceUid } }));
    else if (url.searchParams.get("watch")) {
      response.flushHeaders();
      if (plural === "pods") streams.push(response);
    } else {
      if (plural === "pods") lists++;
      const items = plural === "pods" ? pods : [];
      response.end(JSON.stringify({ metadata: { resourceVersion: "1" }, items }));
    }
  }).listen(port, "127.0.0.1");
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "berth-watch-"));
  [pods, lists, streams] = [[pod(ONE)], 0, []];
  listen();
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  writeFileSync(join(folder, "config"), kubeconfigOf(`http://127.0.0.1:${port}`));
  vi.stubEnv("KUBECONFIG", join(folder, "config"));
  stop = new AbortController();
  watched = new WatchedObjects(connect(PLACE), stop.signal);
  await watched.untilListed(LONG_MS);
  await expect.poll(() => streams.length).toBe(1);
  expect(await watched.changes(LONG_MS)).toEqual([ONE]);
});
afterEach(() => {
  stop.abort();
  server.closeAllConnections();
  server.close();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const send = (type: string, object: object) => streams.at(-1)?.write(`${JSON.stringify({ type, object })}\n`);
const names = async () => (await watched.list()).pods.map(({ metadata }) => metadata?.name);

it("says of which deployment something has changed, and has it, without another list", async () => {
  expect(await names()).toEqual([`berth-${ONE}-0`]);
  const waiting = watched.changes(LONG_MS);
  send("ADDED", pod(TWO, { creationTimestamp: "2026-11-01T12:00:00Z" }));
  expect(await waiting).toEqual([TWO]);
  const found = (await watched.list()).pods.find(({ metadata }) => metadata?.name === `berth-${TWO}-0`);
  expect(found?.metadata?.creationTimestamp).toEqual(new Date("2026-11-01T12:00:00Z"));
  send("DELETED", pod(ONE));
  expect(await watched.changes(LONG_MS)).toEqual([ONE]);
  expect(await names()).toEqual([`berth-${TWO}-0`]);
  expect(lists).toBe(1);
});

it("says nothing when nothing changes in time", async () => {
  expect(await watched.changes(50)).toEqual([]);
});

it("lists anew where the API server has forgotten from when on to watch", async () => {
  pods = [pod(TWO)];
  send("ERROR", { kind: "Status", code: 410, reason: "Expired" });
  streams.at(-1)?.end();
  await expect.poll(names).toEqual([`berth-${TWO}-0`]);
  expect(lists).toBe(2);
});

it("is away while the API server is, and then has what changed meanwhile", async () => {
  const { port } = server.address() as AddressInfo;
  server.close();
  server.closeAllConnections();
  await expect(watched.list()).rejects.toThrow(EngineAway);
  listen(port);
  await expect.poll(() => streams.length).toBe(2);
  send("DELETED", pod(ONE));
  await expect.poll(() => names().catch(() => "away")).toEqual([]);
});

it("watches again after its credentials could not be had for a moment", async () => {
  const failing = vi.spyOn(Watch.prototype, "watch").mockRejectedValue(new Error("no token"));
  const other = new WatchedObjects(connect(PLACE), stop.signal);
  await other.untilListed(LONG_MS);
  await expect(other.list()).rejects.toThrow(EngineAway);
  failing.mockRestore();
  await expect.poll(async () => (await other.list()).pods.length).toBe(1);
});
