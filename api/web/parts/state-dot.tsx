import type { Shapes } from "../api/client.ts";
import type { KeptStatus } from "../api/deployments.ts";
import { WordDot, type WordDotProps } from "./word-dot.tsx";

type Status = Shapes["Deployment"]["status"];

/** One dot and one word for each state, the same on every page. */
const STATES: Readonly<Record<Status, WordDotProps>> = {
  pending_payment: { word: "Not paid", colour: "yellow" },
  purchased: { word: "Paid", colour: "blue" },
  deploying: { word: "Starting", colour: "cyan" },
  active: { word: "Active", colour: "green" },
  stopping: { word: "Stopping", colour: "cyan" },
  stopped: { word: "Stopped", colour: "gray" },
  suspended: { word: "Suspended", colour: "orange" },
  failed: { word: "Failed", colour: "red" },
  deleting: { word: "Deleting", colour: "cyan" },
  deleted: { word: "Deleted", colour: "gray" },
};

export function wordOf(status: Status): string {
  return STATES[status].word;
}

/** Whether a text of an address is a state that lists know. */
export function isKeptStatus(text: unknown): text is KeptStatus {
  return typeof text === "string" && Object.hasOwn(STATES, text) && text !== "deleted";
}

export function StateDot({ status }: { readonly status: Status }) {
  return <WordDot {...STATES[status]} />;
}
