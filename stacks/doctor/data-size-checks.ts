// Whether there is room: for an assistant's data within its limit, and on the disk of all of it. By what was measured last.
import { offersTo } from "../deployments/regions.ts";
import { lowBelow, NEARLY_FULL, sizeText } from "../watch/data-size/limit.ts";
import type { Disk } from "../watch/data-size/totals.ts";
import { type Complaint, error, warning } from "./check.ts";
import type { Picture } from "./picture.ts";

const MEASURED_WITHIN_MS = 60 * 60_000;

export function dataIsWithinItsLimit({ deployment, settings }: Picture): Complaint[] {
  const { stateLimitBytes: limit } = settings;
  const used = deployment.state_use?.usedBytes;
  if (
    !offersTo(settings, deployment, "dataLimit") ||
    limit === 0 ||
    used === undefined ||
    used < limit * NEARLY_FULL
  )
    return [];
  if (deployment.state_use?.unmeasuredSince)
    return [
      error(
        "Its data: expected to be measured, found more files than what measures can count.",
        "Have its customer delete files, or restore an older backup: it counts as full.",
      ),
    ];
  const message = `Its data: expected ${sizeText(limit)} at most, found ${sizeText(used)}.`;
  const advice = "Have its customer delete files, or raise BERTH_STATE_MIB.";
  return [used > limit ? error(message, advice) : warning(message, advice)];
}

/** A limit of what is not measured is none. */
export function dataIsMeasured({ deployment, operation, settings, now }: Picture): Complaint[] {
  if (!offersTo(settings, deployment, "dataLimit") || deployment.status !== "active") return [];
  const measuredAt = deployment.state_use?.measuredAt;
  const since = Math.max(Date.parse(measuredAt ?? "") || 0, operation?.finished_at?.getTime() ?? 0);
  if (now.getTime() - since < MEASURED_WITHIN_MS) return [];
  const found = measuredAt ? `the last one at ${measuredAt}` : "none";
  return [
    warning(
      `Its data's size: expected a measurement within the last hour, found ${found}.`,
      "Look into Berth's log for why. The image needs sh, du, find, wc and df, on Kubernetes node; a worker must run.",
    ),
  ];
}

export function diskHasRoom({ disk }: { readonly disk: Disk | undefined }): Complaint[] {
  if (!disk || disk.freeBytes >= lowBelow(disk)) return [];
  const message = `The disk of the assistants' data: expected ${sizeText(lowBelow(disk))} free of its ${sizeText(disk.diskBytes)} at least, found ${sizeText(disk.freeBytes)} at ${disk.measuredAt}.`;
  const advice = "Make room: unused images by docker image prune, old backups, or a larger disk.";
  return [warning(message, advice)];
}
