// The engine's log of an operation, as steps in plain words.
import type { LogEntry, OperationEvent } from "../../../api/shapes.ts";
import { plainText } from "../../../parts/plain-text.ts";

export interface Step {
  readonly key: string;
  readonly words: string;
  readonly state: "running" | "done" | "failed";
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly until: number | null;
}

type ResourceEvent = Extract<OperationEvent, { kind: "resource" }>;

/** By type and name of a resource, or by its type. What is not named here keeps its own name. */
const THINGS: Readonly<Record<string, string>> = {
  Network: "its own network",
  Volume: "the place for its data",
  "Volume handed": "the place for its secrets",
  Container: "its container",
  "Command settings": "its settings",
  LogGroup: "its log",
  SecurityGroup: "its firewall",
  AccessPoint: "the place for its data",
  Secret: "its secrets",
  TaskDefinition: "its task",
  Service: "its service",
  PersistentVolumeClaim: "the place for its data",
  StatefulSet: "its pod",
  NetworkPolicy: "its firewall",
  ServiceAccount: "its account in the cluster",
};
const VERBS: Readonly<Record<string, string>> = {
  create: "Make",
  "create-replacement": "Renew",
  update: "Change",
  delete: "Remove",
  "delete-replaced": "Remove the former one of",
  refresh: "Look at",
  read: "Look at",
};
const WAIT = "Command readiness";
/** Nothing is done to what is as it should be; a replacement is what is made for it. */
const NOTHING = ["same", "replace", "discard", "discard-replaced"];

/** In the order in which they began. What changes nothing is left out. */
export function stepsOf(entries: readonly LogEntry[]): Step[] {
  const steps = new Map<string, Step>();
  for (const { at, event } of entries) {
    if (event.kind !== "resource" || NOTHING.includes(event.op)) continue;
    const words = wordsOf(event);
    if (words === undefined) continue;
    const key = `${event.op} ${event.resource}`;
    const moment = Date.parse(at);
    const known = steps.get(key);
    const isOver = event.step !== "started";
    steps.set(key, {
      key,
      words,
      state: isOver ? event.step : "running",
      from: known?.from ?? moment,
      until: isOver ? moment : null,
    } as Step);
  }
  return [...steps.values()];
}

/** Errors and warnings that the log has, in their own words. */
export function remarksOf(entries: readonly LogEntry[]): string[] {
  return entries.flatMap(({ event }) =>
    event.kind === "diagnostic" && event.severity !== "info" ? [plainText(event.message)] : [],
  );
}

function wordsOf({ op, resource }: ResourceEvent): string | undefined {
  const [type = ""] = resource.split(" ");
  // A command is nothing that could be removed.
  if (type === "Command" && op.includes("delete")) return undefined;
  if (resource === WAIT) return "Wait until it says that it is ready";
  const thing = THINGS[resource] ?? THINGS[type] ?? plainText(resource);
  return `${VERBS[op] ?? op} ${thing}`;
}
