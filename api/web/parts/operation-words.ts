// What is done to a deployment, and how it goes, in the words of every page.
import type { Operation } from "../api/shapes.ts";
import type { WordDotProps } from "./word-dot.tsx";

export const OPERATION_KINDS: Readonly<Record<Operation["kind"], string>> = {
  prepare: "Preparation",
  activate: "Activation",
  redeploy: "Redeploy",
  patch: "Change of settings",
  stop: "Stop",
  suspend: "Suspension",
  backup: "Backup",
  restore: "Restore",
  adopt: "Move",
  delete: "Deletion",
  crash: "Crash",
};

export const OPERATION_STATES: Readonly<Record<Operation["state"], WordDotProps>> = {
  queued: { word: "Waiting", colour: "gray" },
  running: { word: "Running", colour: "cyan" },
  succeeded: { word: "Succeeded", colour: "green" },
  failed: { word: "Failed", colour: "red" },
  cancelled: { word: "Cancelled", colour: "gray" },
};
