// Containers that end, one or a thousand at the same moment: how soon that is in the status, and how often it is reported.
import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { API_KEY } from "../../support/berth.ts";
import type { Installation } from "./installation.ts";

const WITHIN_MS = 60_000;
/** After the last one: whether anything is reported twice. */
const QUIET_MS = 5_000;

export interface Endings {
  /** Milliseconds until each was reported. */
  readonly times: readonly number[];
  /** Reports of the same deployment that say something else than the first. */
  readonly repeated: number;
}

/** Ends so many, and follows the events of all accounts until each of them has `drift`. */
export async function endSome(at: Installation, count: number): Promise<Endings> {
  const seen = new Map<string, { readonly after: number; drift: string }>();
  let [repeated, begun] = [0, Number.POSITIVE_INFINITY];
  const close = await follow(at, (id, drift) => {
    const first = seen.get(id);
    if (!first) seen.set(id, { after: performance.now() - begun, drift });
    // A row comes again when anything of it is measured.
    else if (first.drift !== drift) [first.drift, repeated] = [drift, repeated + 1];
  });
  begun = performance.now();
  await at.end(count);
  for (const deadline = begun + WITHIN_MS; seen.size < count && performance.now() < deadline; )
    await sleep(20);
  await sleep(QUIET_MS);
  close();
  if (seen.size < count) throw new Error(`Of ${count} that ended ${seen.size} were reported.`);
  return { times: [...seen.values()].map(({ after }) => after), repeated };
}

/** @param onEnded called for each event of a deployment whose container has ended, after the stream is filled */
async function follow(
  { server }: Installation,
  onEnded: (id: string, drift: string) => void,
): Promise<() => void> {
  const headers = { "X-API-Key": API_KEY };
  const filled = Promise.withResolvers<void>();
  let [rest, isFilled] = ["", false];
  const asked = request(`${server.url}/api/v1/events?accounts=all`, { headers, agent: false }, (answer) =>
    answer.setEncoding("utf8").on("data", (piece: string) => {
      const events = (rest + piece).split("\n\n");
      rest = events.pop() ?? "";
      for (const event of events) {
        if (event.includes("event: seeded")) isFilled = true;
        else if (isFilled && event.includes("event: deployment")) hear(event);
      }
      if (isFilled) filled.resolve();
    }),
  );
  const hear = (event: string) => {
    const row = JSON.parse(event.slice(event.indexOf("data: ") + 6)) as Row;
    if (row.drift?.seen.state === "ended") onEnded(row.deploymentId, JSON.stringify(row.drift));
  };
  asked.on("error", filled.reject).end();
  await filled.promise;
  return () => void asked.on("error", () => {}).destroy();
}

interface Row {
  readonly deploymentId: string;
  readonly drift: { readonly seen: { readonly state: string } } | null;
}
