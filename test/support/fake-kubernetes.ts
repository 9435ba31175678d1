// An API server made up: it keeps objects by their paths, and tells of each what a real one does of its own part. It has no
// controllers: what becomes of an object is the test's.
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { PLACE } from "./kubernetes-place.ts";

export interface Kept {
  metadata: {
    name: string;
    uid?: string;
    labels?: Record<string, string>;
    generation?: number;
    managedFields?: { manager: string }[];
    [key: string]: unknown;
  };
  // biome-ignore lint/suspicious/noExplicitAny: They are of any kind.
  [key: string]: any;
}

export interface FakeKubernetes {
  /** By kind and name, e.g. `pods/a`. */
  readonly objects: Map<string, Kept>;
  /** `GET pods`, `DELETE pods/a` and so on, in order. */
  readonly calls: string[];
  /** How many were opened. */
  connections: number;
  /** Path of a kubeconfig whose context `test` leads to it. */
  readonly kubeconfig: string;
  /** Its clock, if it is not this machine's. */
  now: (() => number) | undefined;
  /** Answers in its place, if it returns anything. */
  refuse: (call: string) => { readonly code: number; readonly message: string } | undefined;
  /** Answers of the cluster itself, beside its namespace, by their paths, e.g. `/version`. */
  readonly ofCluster: Map<string, (sent: string) => Answered>;
  /** Called after each change. */
  onChange: (call: string) => void;
  close(): Promise<void>;
}

export interface Answered {
  readonly code: number;
  readonly body: object;
}

const PATH = /^\/(?:api|apis\/[\w.-]+)\/v[\w]+\/namespaces\/([\w-]+)(?:\/(\w+)(?:\/([\w.-]+))?)?$/;

export async function startFakeKubernetes(): Promise<FakeKubernetes> {
  const objects = new Map<string, Kept>();
  const folder = mkdtempSync(join(tmpdir(), "berth-kubernetes-"));
  const fake: FakeKubernetes = {
    objects,
    calls: [],
    connections: 0,
    kubeconfig: join(folder, "config"),
    now: undefined,
    refuse: () => undefined,
    ofCluster: new Map(),
    onChange: () => {},
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
      rmSync(folder, { recursive: true });
    },
  };
  const server = createServer(async (request, response) => {
    const { code, body } = answer(fake, request, await text(request));
    if (fake.now) response.setHeader("Date", new Date(fake.now()).toUTCString());
    response.writeHead(code, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  });
  server.on("connection", () => fake.connections++);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  writeFileSync(fake.kubeconfig, kubeconfigOf(`http://127.0.0.1:${port}`));
  return fake;
}

/** Of a context `test` that leads to that server, over HTTP. */
export function kubeconfigOf(server: string): string {
  const named = (name: string, what: object) => [{ name: "test", [name]: what }];
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: named("cluster", { server, "insecure-skip-tls-verify": true }),
    users: named("user", {}),
    contexts: named("context", { cluster: "test", user: "test" }),
    "current-context": "test",
  });
}

function answer(fake: FakeKubernetes, { method = "", url = "" }: IncomingMessage, sent: string): Answered {
  const { pathname, searchParams } = new URL(url, "http://fake");
  const own = fake.ofCluster.get(pathname);
  if (own) return own(sent);
  const [, namespace = "", resource, name] = PATH.exec(pathname) ?? [];
  // Of the metrics API: what it says of pods is no pod.
  const plural = pathname.startsWith("/apis/metrics.k8s.io/") ? "metrics" : resource;
  if (namespace !== PLACE.namespace) return status(404, `there is nothing at ${pathname}`);
  if (!plural) return { code: 200, body: { metadata: { name: namespace, uid: PLACE.namespaceUid } } };
  const key = name ? `${plural}/${name}` : plural;
  const call = `${method} ${key}`;
  fake.calls.push(call);
  const refused = fake.refuse(call);
  if (refused) return status(refused.code, refused.message);
  const body = sent === "" ? undefined : JSON.parse(sent);
  const done = act(fake, { method, plural, name, body, searchParams });
  if (method !== "GET") fake.onChange(call);
  return done;
}

interface Asked {
  readonly method: string;
  readonly plural: string;
  readonly name: string | undefined;
  readonly body: Kept | undefined;
  readonly searchParams: URLSearchParams;
}

function act({ objects }: FakeKubernetes, { method, plural, name, body, searchParams }: Asked): Answered {
  if (method === "POST" && body) {
    const key = `${plural}/${body.metadata.name}`;
    if (objects.has(key)) return status(409, `${key} already exists`);
    objects.set(key, body);
    return { code: 201, body };
  }
  if (!name) {
    const about = searchParams.get("fieldSelector")?.replace("involvedObject.name=", "");
    const items = listed(objects, plural, searchParams.get("labelSelector"));
    return {
      code: 200,
      body: { items: items.filter((one) => !about || one.involvedObject?.name === about) },
    };
  }
  const found = objects.get(`${plural}/${name}`);
  if (!found) return status(404, `${plural} "${name}" not found`);
  if (method === "DELETE") objects.delete(`${plural}/${name}`);
  if (method === "PUT" && body) objects.set(`${plural}/${name}`, body);
  if (method === "PATCH" && body) apply(found, body, searchParams.get("fieldManager") ?? "");
  return { code: 200, body: found };
}

function listed(objects: ReadonlyMap<string, Kept>, plural: string, selector: string | null): Kept[] {
  const [key = "", value] = selector?.split("=") ?? [];
  return [...objects].flatMap(([path, kept]) => {
    const label = kept.metadata.labels?.[key];
    const isWanted = selector === null || (value === undefined ? label !== undefined : label === value);
    return path.startsWith(`${plural}/`) && isWanted ? [kept] : [];
  });
}

/** What a manager does not apply any more is no longer its own: a number of replicas that is nobody's is 1. */
function apply(found: Kept, body: Kept, manager: string): void {
  const others = (found.metadata.managedFields ?? []).filter((one) => one.manager !== manager);
  const hasFields = body.spec !== undefined;
  found.metadata.managedFields = hasFields ? [...others, { manager }] : others;
  found.spec = { ...found.spec, replicas: 1, ...body.spec };
}

function status(code: number, message: string): Answered {
  return { code, body: { kind: "Status", status: "Failure", code, message } };
}
