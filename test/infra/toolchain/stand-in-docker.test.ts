// The stand-in for the docker plugin answers as the official plugin did: every change that was recorded of that one is
// replayed against real Docker, through the real engine, but for changes of which that would only pass the answer on.
import { createServer, type Server } from "node:net";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dockerProvider } from "../../../infra/toolchain/stand-ins/docker-provider.ts";
import type { Properties } from "../../../infra/toolchain/stand-ins/resource-kind.ts";
import { plainInputs } from "../../../infra/toolchain/stand-ins/schema.ts";
import {
  type Hardened,
  hardenedStack,
  NAME,
  PORT,
  PUBLISHED,
  SUBNET,
  type Wanted,
} from "../../support/hardened-container.ts";
import { cells, itAtLength } from "../../support/matrix.ts";
import type { Outcome, Step } from "../../support/stand-in-stack.ts";
import official from "./official-docker-plugin.json" with { type: "json" };

const MISSING = "berth-test/not-there:1";
const CONTAINER = "docker:index/container:Container";

let hardened: Hardened;
let squatter: Server | undefined;

beforeAll(async () => {
  hardened = await hardenedStack();
});
afterAll(async () => {
  squatter?.close();
  await hardened.close();
});

const onPort = (external: number) => hardened.changed({ ports: [{ ...PUBLISHED, external }] });

/** Changes that are judged from the base state alone. */
const JUDGED: Readonly<Record<string, () => Wanted>> = {
  image: () => hardened.changed({ image: hardened.images.unhealthy }),
  command: () =>
    hardened.changed({ command: ["/bin/httpd", "-f", "-v", "-p", "18789", "-h", "/www/started"] }),
  "envs value": () => hardened.changed({ envs: ["B=3", "A=1"] }),
  "envs order": () => hardened.changed({ envs: ["A=1", "B=2"] }),
  labels: () => hardened.labelled("container"),
  "ports external": () => onPort(PORT + 1),
  memory: () => hardened.changed({ memory: 256, memorySwap: 256 }),
  "memorySwap unset": () => hardened.changed({ memorySwap: undefined }),
  cpus: () => hardened.changed({ cpus: "0.25" }),
  capabilities: () => hardened.changed({ capabilities: { drops: ["ALL"], adds: ["CAP_NET_BIND_SERVICE"] } }),
  readOnly: () => hardened.changed({ readOnly: false }),
  tmpfs: () => hardened.changed({ tmpfs: { "/tmp": "mode=1777,size=32m" } }),
  init: () => hardened.changed({ init: false }),
  restart: () => hardened.changed({ restart: "on-failure" }),
  destroyGraceSeconds: () => hardened.changed({ destroyGraceSeconds: 3 }),
  stopTimeout: () => hardened.changed({ stopTimeout: 30 }),
  logOpts: () => hardened.changed({ logOpts: { "max-size": "5m", "max-file": "3" } }),
  healthcheck: () =>
    hardened.changed({ healthcheck: { ...hardened.base().container.healthcheck, interval: "20s" } }),
  mustRun: () => hardened.changed({ mustRun: false }),
  user: () => hardened.changed({ user: "1001:1001" }),
  name: () => hardened.changed({ name: `${NAME}-2` }),
  securityOpts: () => hardened.changed({ securityOpts: ["no-new-privileges", "label=disable"] }),
  "networkMode unset": () => hardened.changed({ networkMode: undefined }),
  "network labels": () => hardened.labelled("network"),
  "network subnet": () => ({
    ...hardened.base(),
    network: { ...hardened.base().network, ipamConfigs: [{ subnet: `${SUBNET}.16/28` }] },
  }),
  "volume labels": () => hardened.labelled("volume"),
};

/** Those for which the engine is asked, too: a replacement, an update, none, and what depends on what is replaced. */
const JUDGED_BY_ENGINE = ["image", "memory", "envs order", "network labels", "volume labels"];
const byEngine = new Set(
  cells(
    JUDGED_BY_ENGINE,
    Object.keys(JUDGED).filter((change) => !JUDGED_BY_ENGINE.includes(change)),
  ),
);

/** Changes and mishaps that have to happen, in the order of the record. */
const DONE: Readonly<Record<string, () => Promise<Outcome>>> = {
  create: () => hardened.up(hardened.base()),
  unchanged: () => hardened.up(hardened.base()),
  "unchanged, after refresh": () => hardened.up(hardened.base(), { refresh: true }),
  async "container stopped by hand, up"() {
    await hardened.byHand.stop({ t: 0 });
    return hardened.up(hardened.base());
  },
  "container stopped by hand, up --refresh": () => hardened.up(hardened.base(), { refresh: true }),
  async "container removed by hand, up"() {
    await hardened.byHand.remove({ force: true });
    return hardened.up(hardened.base());
  },
  "container removed by hand, up --refresh": () => hardened.up(hardened.base(), { refresh: true }),
  "image missing": () => hardened.up(hardened.changed({ image: MISSING })),
  "after image missing, good image": () => hardened.up(hardened.base()),
  async "port taken"() {
    squatter = createServer().listen(PORT + 1, "127.0.0.1");
    return hardened.up(onPort(PORT + 1));
  },
  async "after port taken, port free, preview"() {
    await new Promise((resolve) => squatter?.close(resolve));
    return hardened.preview(onPort(PORT + 1));
  },
  "after port taken, port free, up": () => hardened.up(onPort(PORT + 1)),
  back: () => hardened.up(hardened.base()),
  "replicas 0": () => hardened.up({ ...hardened.base(), container: undefined }),
  "replicas 1": () => hardened.up(hardened.base()),
};

/** What else has to be true after a change. */
const AFTER: Readonly<Record<string, (outcome: Outcome) => Promise<void>>> = {
  async create() {
    for (const { type, inputs, outputs } of official.state) {
      const made = await hardened.recorded(type);
      expect(shape(made?.inputs)).toEqual(shape(inputs));
      expect(shape(made?.outputs)).toEqual(shape(outputs));
    }
  },
  async "image missing"({ error }) {
    expect(error).toContain(`Unable to find image '${MISSING}' locally`);
  },
  async "port taken"({ error }) {
    expect(error).toMatch(/driver failed programming external connectivity|address already in use/);
    const { id, initErrors } = (await hardened.recorded(CONTAINER)) ?? {};
    expect(initErrors).toHaveLength(1);
    expect((await hardened.byHand.inspect()).Id).toBe(id);
  },
};

/** Names of all properties, and what kind of value each has. The bridge's own delta is made anew by the bridge. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
  const entries = Object.entries(value).filter(([name]) => name !== "__pulumi_raw_state_delta");
  return Object.fromEntries(entries.map(([name, inner]) => [name, shape(inner)]));
}

const KINDS = dockerProvider.configure({}, new AbortController().signal);
const TYPES = {
  container: CONTAINER,
  network: "docker:index/network:Network",
  volume: "docker:index/volume:Volume",
} as const;
type Made = Awaited<ReturnType<Hardened["recorded"]>>;
const made = new Map<string, Promise<Made>>();

/** What the plugin answers about the base with other inputs, in the words of the engine. */
async function judged(wanted: Wanted): Promise<Outcome> {
  const steps: Step[] = [];
  const base = hardened.base();
  for (const part of ["container", "network", "volume"] as const) {
    if (isDeepStrictEqual(wanted[part], base[part])) continue;
    const type = TYPES[part];
    if (!made.has(type)) made.set(type, hardened.recorded(type));
    const { inputs, outputs } = (await made.get(type)) as { inputs: Properties; outputs: Properties };
    const kind = KINDS[type];
    if (!kind) throw new Error(`The plugin does not know ${type}.`);
    // Without what is undefined, as the SDK sends it.
    const news: Properties = JSON.parse(JSON.stringify({ ...plainInputs(inputs), ...wanted[part] }));
    const checked = kind.check(news);
    expect(checked.failures).toEqual([]);
    const { diffs, replaces } = kind.diff({ inputs, outputs }, checked.inputs);
    const resource = type.split(":").at(-1) ?? type;
    const keys = replaces.length > 0 && { replaceKeys: replaces };
    if (diffs.length > 0) steps.push({ resource, op: keys ? "replace" : "update", diffs, ...keys });
  }
  return { steps };
}

function replay(change: string): Promise<Outcome> {
  const wanted = JUDGED[change];
  if (wanted) return byEngine.has(change) ? hardened.preview(wanted()) : judged(wanted());
  const done = DONE[change];
  if (!done) throw new Error(`The record has "${change}", but nothing here replays it.`);
  return done();
}

type Recorded = (typeof official.changes)[number];

function expected({ result = [] }: Recorded): { steps: Step[]; fails: boolean } {
  const entries: object[] = typeof result === "string" ? [] : result;
  const steps = entries.filter((entry): entry is Step => "resource" in entry);
  const order = (a: Step, b: Step) => (a.resource + a.op < b.resource + b.op ? -1 : 1);
  return { steps: steps.sort(order), fails: entries.some((entry) => "error" in entry) };
}

describe("every recorded change has the official plugin's answer", () => {
  it.each(official.changes)("$change", async (change) => {
    if ("docker" in change) return expectHealing();
    const outcome = await replay(change.change);
    const { steps: all, fails } = expected(change);
    // What is replaced because of another one is the engine's affair.
    const isPluginAlone = JUDGED[change.change] && !byEngine.has(change.change);
    const steps = isPluginAlone ? all.filter(({ diffs }) => diffs !== undefined) : all;
    expect({ steps: outcome.steps, fails: outcome.error !== undefined }, outcome.error).toEqual({
      steps,
      fails,
    });
    await AFTER[change.change]?.(outcome);
  });
});

const changes = (steps: readonly { readonly op: string }[]) => steps.filter(({ op }) => op !== "refresh");

// One limit is in stand-in-docker-faults.test.ts, too.
itAtLength(
  "limits that were changed by hand are repaired after a refresh, as the official plugin does",
  async () => {
    await hardened.up(hardened.base());
    const limits = async () => {
      const { NanoCpus, MemorySwap } = (await hardened.byHand.inspect()).HostConfig;
      return { NanoCpus, MemorySwap };
    };
    const before = await limits();
    for (const change of [{ MemorySwap: -1 }, { NanoCpus: 1.5e9 }]) {
      await hardened.byHand.update(change);
      expect(await limits()).not.toEqual(before);
      const { steps, error } = await hardened.up(hardened.base(), { refresh: true });
      expect(error).toBeUndefined();
      expect(changes(steps)).not.toEqual([]);
      expect(await limits()).toEqual(before);
    }
    const { steps } = await hardened.up(hardened.base(), { refresh: true });
    expect(changes(steps)).toEqual([]);
  },
);

/** The record says of the container "Up 1 second (health: starting)"; on a busy machine its first check may be over. */
async function expectHealing() {
  const { Running, Health } = (await hardened.byHand.inspect()).State;
  expect([Running, Health?.FailingStreak]).toEqual([true, 0]);
  expect(["starting", "healthy"]).toContain(Health?.Status);
}
