// Upgrades one deployment after the other for as long as the page is open, and stops as `berth -- upgrade` does.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import {
  type Ended,
  endOf,
  MAX_FAILURES,
  MAX_NOT_BEGUN,
  rollOut,
} from "../../../../../stacks/operations/rollout.ts";
import { type FleetMember, fleetKeys, upgradeMember } from "../../../api/fleet.ts";
import { untilEnded } from "./until-ended.ts";

export type Progress = "waiting" | "under way" | Ended;

export interface RolledOut {
  readonly member: FleetMember;
  readonly progress: Progress;
  /** Why it was not upgraded; empty if it was, or is yet to be. */
  readonly why: string;
}

export type Phase = "ready" | "running" | "stopping" | "done" | "stopped by rule" | "stopped by hand";

interface Rollout {
  readonly phase: Phase;
  readonly rows: readonly RolledOut[];
  start(due: readonly FleetMember[], image: string | undefined): void;
  /** What has begun is waited for. */
  stop(): void;
  /** Back to the beginning, once it is over. */
  reset(): void;
}

export function useRollout(): Rollout {
  const [phase, setPhase] = useState<Phase>("ready");
  const [rows, setRows] = useState<readonly RolledOut[]>([]);
  const stopping = useRef<AbortController>(undefined);
  const queryClient = useQueryClient();
  useEffect(() => () => stopping.current?.abort(), []);

  async function run(due: readonly FleetMember[], image: string | undefined): Promise<void> {
    const stops = new AbortController();
    stopping.current = stops;
    setPhase("running");
    setRows(due.map((member) => ({ member, progress: "waiting", why: "" })));
    const set = (id: string, change: Partial<RolledOut>) =>
      setRows((now) => now.map((row) => (row.member.deploymentId === id ? { ...row, ...change } : row)));
    const { left } = await rollOut(
      due.map(({ deploymentId }) => deploymentId),
      {
        atOnce: 1,
        maxFailures: MAX_FAILURES,
        maxNotBegun: MAX_NOT_BEGUN,
        signal: stops.signal,
        async upgrade(id) {
          set(id, { progress: "under way" });
          const { progress, why } = await upgradeOne(id, image);
          set(id, { progress, why });
          return progress;
        },
      },
    );
    void queryClient.invalidateQueries({ queryKey: fleetKeys.all });
    if (stops.signal.aborted) setPhase("stopped by hand");
    else setPhase(left.length > 0 ? "stopped by rule" : "done");
  }

  return {
    phase,
    rows,
    start: (due, image) => void run(due, image),
    stop() {
      stopping.current?.abort();
      setPhase("stopping");
    },
    reset: () => setPhase("ready"),
  };
}

async function upgradeOne(
  id: string,
  image: string | undefined,
): Promise<{ readonly progress: Ended; readonly why: string }> {
  let isAccepted = false;
  try {
    const { operationId } = await upgradeMember(id, image);
    isAccepted = true;
    const ended = await untilEnded(id, operationId);
    const why = ended.operation?.error?.message ?? "";
    const progress = endOf(ended);
    return { progress, why: progress === "upgraded" ? "" : why || `It was ${ended.operation?.state}.` };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { progress: isAccepted ? "failed" : "not begun", why };
  }
}
