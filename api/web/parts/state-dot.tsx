import { Badge } from "@mantine/core";
import type { Shapes } from "../api/client.ts";

type Status = Shapes["Deployment"]["status"];

/** One dot and one word for each state, the same on every page. */
const STATES: Readonly<Record<Status, { readonly word: string; readonly colour: string }>> = {
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

export function StateDot({ status }: { readonly status: Status }) {
  const { word, colour } = STATES[status];
  return (
    <Badge variant="dot" color={colour} tt="none" size="lg">
      {word}
    </Badge>
  );
}
