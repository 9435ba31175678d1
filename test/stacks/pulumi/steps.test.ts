// What a step does around Pulumi, with a program in the place of its CLI and a made-up target: what is asked, in which order,
// and what is left alone.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Comparison } from "../../../infra/found.ts";
import type { Target } from "../../../infra/target.ts";
import { destroy } from "../../../stacks/pulumi/destroy.ts";
import type { Doing } from "../../../stacks/pulumi/doing.ts";
import type { DestroyStep, StepBase, UpStep } from "../../../stacks/pulumi/messages.ts";
import { Untouched } from "../../../stacks/pulumi/standing.ts";
import { up } from "../../../stacks/pulumi/up.ts";

const ID = crypto.randomUUID();
const OTHER = crypto.randomUUID();
const SALT = "v1:salt";
const VOLUME = "docker:index/volume:Volume";
const FINE: Comparison = { foreign: [], lost: [], beside: [], data: "there" };
const REMARK = { code: "SETTINGS_SET_ASIDE", message: "It is kept." };
const HAD = { wasWritten: true, wasReported: true };

let folder: string;
let events: string[];
let answers: Partial<Comparison>[];
let reports: object[];
let isTouched: boolean;
let hasBegun: boolean;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "berth-steps-"));
  events = [];
  answers = [];
  reports = [];
  isTouched = false;
  hasBegun = false;
  const log = join(folder, "calls");
  writeFileSync(join(folder, "pulumi"), `#!/bin/sh\necho "$@" >> ${log}\n`);
  chmodSync(join(folder, "pulumi"), 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("up", () => {
  it("asks before and after, and leaves alone what is as it should be", async () => {
    keep(state(ID));
    await up(doing(upStep()));
    expect(events).toEqual(["compare", "compare"]);
    expect(calls()).toEqual(["up"]);
    expect(hasBegun).toBe(true);
    expect(flags()).not.toContain("--refresh");
  });

  it("begins what a new container needs while Pulumi starts, unless that reads first what there is", async () => {
    keep(state(ID));
    const bringUp = upStep({ config: { ...upStep().config, replicas: "1" } });
    await up(doing(bringUp));
    expect(events).toEqual(["compare", "begin to hand beside 1", "end handing", "compare"]);
    events = [];
    await up(doing({ ...bringUp, refresh: true }));
    expect(events).toEqual(["compare", "compare"]);
  });

  it.each([
    "the stack is currently locked by 1 lock(s).\\n  file:///lock: created by root@elsewhere (pid 1) at now",
    "error: getting secrets manager: passphrase must be set",
  ])("takes back what was begun where Pulumi has refused to do anything: %s", async (said) => {
    keep(state(ID));
    writeFileSync(join(folder, "pulumi"), `#!/bin/sh\nprintf '${said}\\n' >&2\nexit 255\n`);
    await expect(up(doing(upStep({ config: { ...upStep().config, replicas: "1" } })))).rejects.toThrow();
    expect(events).toEqual(["compare", "begin to hand beside 1", "end handing refused"]);
    expect(isTouched).toBe(false);
  });

  it("stops nothing before Pulumi does: it may refuse the passphrase", async () => {
    keep(state(ID));
    await up(doing(upStep(), { endsAhead: true }));
    expect(events).toEqual(["compare", "compare"]);
  });

  it("begins nothing once it was cancelled, also while what is in the way was removed", async () => {
    keep(state(ID));
    const cancelled = new AbortController();
    const asked = doing(upStep({ config: { ...upStep().config, replicas: "1" } }));
    const clearTheWay = async () => {
      cancelled.abort();
      return 1;
    };
    const target = { ...asked.target, clearTheWay };
    await expect(up({ ...asked, target, signal: cancelled.signal })).rejects.toThrow("abort");
    expect([events, existsSync(join(folder, "calls"))]).toEqual([["compare"], false]);
  });

  it("ends before anything is done where data is gone, in the state and by the record", async () => {
    keep(state(ID));
    for (const data of ["gone", "none"] as const) {
      answers = [{ data }];
      await expect(up(doing(upStep()))).rejects.toThrow(Untouched);
    }
    expect([isTouched, hasBegun]).toEqual([false, false]);
    expect(calls()).toEqual([]);
  });

  it("takes nothing for gone that never was", async () => {
    keep(state(ID));
    answers = [{ data: "none" }];
    await up(doing(upStep({ had: { wasWritten: true, wasReported: false } })));
    answers = [{ data: "gone" }];
    await up(doing(upStep({ had: { wasWritten: false, wasReported: true } })));
    expect(calls()).toEqual(["up", "up"]);
    expect(flags()).toContain("--refresh");
  });

  it("stops an assistant whose data is gone, and has nothing made in its place", async () => {
    keep(state(ID));
    answers = [{ data: "gone" }, { data: "none" }];
    await up(doing(upStep({ onDataGone: "leave" })));
    expect(settings()).toContain("berth:dataGone: 'true'");
    answers = [{ data: "none" }];
    await up(doing(upStep({ onDataGone: "begin empty" })));
    expect(settings()).not.toContain("dataGone");
  });

  it("removes what is beside the state first, and refreshes for what is lost", async () => {
    keep(state(ID));
    answers = [{ beside: ["container c1"], lost: ["network n1"] }];
    await up(doing(upStep()));
    expect(events).toEqual(["compare", `stray but berth-${ID}`, "compare"]);
    expect(flags()).toContain("--refresh");
  });

  it("does not have read again what is as the state has it, unless something is lost", async () => {
    keep(state(ID));
    const refreshes = async (answer: Partial<Comparison>) => {
      answers = [answer];
      await up(doing(upStep({ refresh: true })));
      return flags().includes("--refresh");
    };
    expect(await refreshes({ isAsRecorded: true })).toBe(false);
    expect(await refreshes({ isAsRecorded: false })).toBe(true);
    expect(await refreshes({})).toBe(true);
    expect(await refreshes({ isAsRecorded: true, lost: ["network n1"] })).toBe(true);
  });

  it("drops what is pending before it goes on", async () => {
    keep(state(ID, [{ type: "creating" }]));
    await up(doing(upStep())).catch(() => {});
    expect(lines()[0]).toMatch(/^refresh .*--clear-pending-creates/);
  });

  it.each<[string, Partial<Comparison>, boolean]>([
    ["of what agrees with its state nothing was touched", {}, false],
    ["what was beside its state was", { beside: ["container c1"] }, true],
  ])("that is refused for a lock after another try was read again: %s", async (_what, answer, expected) => {
    keep(state(ID));
    answers = [answer];
    const locked = "echo 'error: the stack is currently locked by 1 lock(s)' >&2; exit 255";
    writeFileSync(
      join(folder, "pulumi"),
      `#!/bin/sh\ncase "$*" in *export*) echo '{"version":3,"deployment":{}}';; up*) ${locked};; esac\n`,
    );
    await expect(up(doing(upStep({ unfinishedBefore: { lostHosts: [] } })))).rejects.toThrow(
      "currently locked",
    );
    expect(isTouched).toBe(expected);
  });

  it("makes up for what still differs afterwards, once, and fails then", async () => {
    keep(state(ID));
    answers = [{}, { beside: ["container c1"], lost: ["network n1"] }];
    await up(doing(upStep()));
    expect(events.filter((event) => event.startsWith("stray"))).toHaveLength(1);
    expect(calls()).toEqual(["up", "up"]);
    answers = [{}, { lost: ["network n1"] }, { lost: ["network n1"] }];
    await expect(up(doing(upStep()))).rejects.toThrow("missing network n1");
  });

  it("repeats what was remarked since a try that did not succeed, as it may not be recorded", async () => {
    keep(state(ID));
    await up(doing(upStep({ remarksSinceMs: 1_000 })));
    expect(events.at(-1)).toBe("remarks since 1000");
    expect(reports).toEqual([
      { event: { kind: "diagnostic", severity: "warning", message: REMARK.message } },
      { remark: REMARK },
    ]);
    reports = [];
    await up(doing(upStep()));
    expect(reports).toEqual([]);
  });

  it("sets a foreign salt aside for that of the state", async () => {
    keep(state(ID));
    mkdirSync(join(folder, "work"), { recursive: true });
    writeFileSync(join(folder, "work", `Pulumi.${ID}.yaml`), "encryptionsalt: v1:foreign\n");
    await up(doing(upStep()));
    expect(settings()).toContain(`encryptionsalt: ${SALT}`);
    expect(settings()).not.toContain("foreign");
  });

  it("touches nothing of a state that is another's", async () => {
    keep(state(OTHER));
    await expect(up(doing(upStep()))).rejects.toThrow(OTHER);
    expect([...events, ...calls()]).toEqual(["compare"]);
    expect(isTouched).toBe(false);
  });
});

describe("destroy", () => {
  it("goes by the state where that is the deployment's", async () => {
    keep(state(ID));
    answers = [{ beside: ["container c1"] }, { data: "none" }];
    await destroy(doing(destroyStep()));
    expect(calls()).toEqual(["destroy"]);
    expect(events).toEqual(["compare", `stray but berth-${ID}`, "remove all", "compare"]);
  });

  it("goes by label alone where it is another's, and never lets Pulumi see it", async () => {
    keep(state(OTHER));
    answers = [{}, { data: "none" }];
    await destroy(doing(destroyStep()));
    expect(calls()).toEqual([]);
    expect(events).toEqual(["compare", "clear every", "remove all", "compare"]);
    expect(existsSync(stateFile())).toBe(false);
  });

  it("goes by label alone where the passphrase opens nothing", async () => {
    keep(state(ID));
    writeFileSync(join(folder, "pulumi"), "#!/bin/sh\necho 'error: incorrect passphrase' >&2\nexit 1\n");
    answers = [{}, { data: "none" }];
    await destroy(doing(destroyStep()));
    expect(events).toContain("remove all");
    expect(existsSync(stateFile())).toBe(false);
  });

  it("leaves to the target what takes long, begins that while Pulumi starts, and drops the stack's record", async () => {
    keep(state(ID));
    answers = [{}, { data: "none" }];
    await destroy(doing(destroyStep(), { endsAhead: true }));
    expect(calls()).toEqual(["destroy"]);
    expect(lines()[0]).toContain(`--exclude urn:pulumi:${ID}::berth::${VOLUME}::state`);
    expect(flags()).not.toContain("--remove");
    expect(existsSync(stateFile())).toBe(false);
    expect(events).toEqual(["compare", "begin to end", "remove all", "compare"]);
    expect(isTouched).toBe(true);
  });

  it("leaves out nothing that recovery has taken out of the state: Pulumi would refuse", async () => {
    keep(state(ID));
    const empty = JSON.stringify({ version: 3, checkpoint: { latest: { resources: [] } } });
    writeFileSync(join(folder, "empty"), empty);
    const log = join(folder, "calls");
    const refresh = `refresh*) cp ${join(folder, "empty")} ${stateFile()};;`;
    const exported = `*export*) echo '{"version":3,"deployment":{}}';;`;
    writeFileSync(
      join(folder, "pulumi"),
      `#!/bin/sh\necho "$@" >> ${log}\ncase "$*" in ${refresh} ${exported} esac\n`,
    );
    answers = [{}, { data: "none" }];
    const again = { ...destroyStep(), unfinishedBefore: { lostHosts: [] } };
    await destroy(doing(again, { endsAhead: true }));
    expect(calls()).toContain("destroy");
    expect(flags()).not.toContain("--exclude");
  });

  it("begins nothing before Pulumi where that starts its plugins itself, or keeps the state elsewhere", async () => {
    const asked = doing(destroyStep(), { endsAhead: true });
    const { location } = asked;
    keep(state(ID));
    answers = [{}, { data: "none" }];
    await destroy({ ...asked, location: { ...location, attachedPlugins: "" } });
    const export_ = `echo '${JSON.stringify({ version: 3, deployment: { resources: [] } })}'`;
    writeFileSync(join(folder, "pulumi"), `#!/bin/sh\ncase "$*" in *export*) ${export_};; esac\n`);
    answers = [{}, { data: "none" }];
    const elsewhere = { ...location, stateFolder: undefined };
    await destroy({ ...asked, location: elsewhere });
    expect(isTouched).toBe(false);
    const bringUp = doing(upStep({ config: { ...upStep().config, replicas: "1" } }));
    await up({ ...bringUp, location: elsewhere });
    expect(events.filter((event) => event.startsWith("begin"))).toEqual([]);
  });

  it("ends nothing of what was cancelled before Pulumi starts", async () => {
    keep(state(ID));
    const asked = doing(destroyStep(), { endsAhead: true });
    await expect(destroy({ ...asked, signal: AbortSignal.abort() })).rejects.toThrow("abort");
    expect(events).toEqual(["compare"]);
    expect([existsSync(join(folder, "calls")), isTouched]).toEqual([false, false]);
  });

  it("fails where something is left", async () => {
    keep(state(ID));
    answers = [{}, { beside: ["container c1"], data: "there" }];
    await expect(destroy(doing(destroyStep()))).rejects.toThrow("container c1, its data");
  });
});

type Asked =
  | ("compare" | "removeStrays" | "clearTheWay" | "removeAll" | "remarksSince")
  | ("leftToRemoveAll" | "beginEnding" | "beginHanding");

/** @param endsAhead whether the target ends what is to go while Pulumi starts */
function doing<S extends UpStep | DestroyStep>(step: S, { endsAhead = false } = {}): Doing<S> {
  const target: Pick<Target, Asked> = {
    ...(endsAhead && {
      leftToRemoveAll: [VOLUME],
      async beginEnding() {
        events.push("begin to end");
      },
    }),
    beginHanding(_id, _config, resources) {
      events.push(`begin to hand beside ${resources.length}`);
      return async (why) => {
        events.push(["end handing", why].join(" ").trim());
      };
    },
    async compare() {
      events.push("compare");
      return { ...FINE, ...answers.shift() };
    },
    async removeStrays(_id, known) {
      events.push(`stray but ${[...known].join()}`);
    },
    async clearTheWay(_id, { which }) {
      if (which === "every") events.push("clear every");
      return 0;
    },
    async remarksSince(_id, sinceMs) {
      events.push(`remarks since ${sinceMs}`);
      return [REMARK];
    },
    async removeAll() {
      events.push("remove all");
    },
  };
  return {
    step,
    target: target as Target,
    location: { ...step.location, attachedPlugins: "docker:1" },
    signal: new AbortController().signal,
    report: (message) => reports.push(message),
    begin: () => {
      hasBegun = true;
    },
    touch: () => {
      isTouched = true;
    },
  };
}

function base(): StepBase {
  const location = {
    stackName: ID,
    workDir: join(folder, "work"),
    pulumiPath: join(folder, "pulumi"),
    pulumiVersion: "3.259.0",
    stateFolder: folder,
  };
  const place = { target: "docker", region: null };
  return { location, stackExists: true, place, dataVolume: null, unfinishedBefore: undefined };
}

function upStep(change: Partial<UpStep> = {}): UpStep {
  const remove = { which: "none" } as const;
  const wanted = { config: { replicas: "0" }, refresh: false, remove, had: HAD, onDataGone: "fail" } as const;
  return { ...base(), name: "up", ...wanted, ...change };
}

function destroyStep(): DestroyStep {
  return { ...base(), name: "destroy", remove: { which: "none" } };
}

/** The CLI's commands, in their order. */
function calls(): string[] {
  return lines().map((line) => line.split(" ")[0] ?? "");
}

/** Of the CLI's last call. */
function flags(): string[] {
  return lines().at(-1)?.split(" ") ?? [];
}

function lines(): string[] {
  const log = join(folder, "calls");
  return existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
}

function settings(): string {
  return readFileSync(join(folder, "work", `Pulumi.${ID}.yaml`), "utf8");
}

function stateFile(): string {
  return join(folder, ".pulumi/stacks/berth", `${ID}.json`);
}

function keep(text: string): void {
  mkdirSync(join(folder, ".pulumi/stacks/berth"), { recursive: true });
  writeFileSync(stateFile(), text);
}

function state(id: string, pending: readonly object[] = []): string {
  const urn = `urn:pulumi:${id}::berth::${VOLUME}::state`;
  const resources = [{ urn, type: VOLUME, id: `berth-${id}` }];
  const secrets_providers = { type: "passphrase", state: { salt: SALT } };
  const latest = { resources, secrets_providers, pending_operations: pending };
  return JSON.stringify({ version: 3, checkpoint: { stack: `organization/berth/${id}`, latest } });
}
