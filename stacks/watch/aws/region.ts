// Starts the watcher of one region of AWS. Its code, and AWS's packages with it, are loaded only then.
import type { AwsPlace } from "../../../infra/aws/place.ts";
import type { DriftParts } from "../drift-watch.ts";

/** Starts looking at the services of a region. Each of the returned functions ends a part of it. */
export function watchRegion(parts: DriftParts, place: AwsPlace): (() => Promise<void>)[] {
  const watching = import("./watch.ts")
    .then(({ watchServices }) => watchServices(parts, place))
    .catch((error: unknown) => parts.log.error({ err: error }, `${place.region} is not watched`));
  return [async () => (await watching)?.()];
}
