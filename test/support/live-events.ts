// Reads GET /api/v1/events as a client does.
import { API_KEY } from "./berth.ts";

export interface LiveEvent {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Follower {
  /** All that has come so far. */
  readonly events: readonly LiveEvent[];
  /** Waits for the first event after `from` that is wanted. */
  until(isWanted: (event: LiveEvent) => boolean, from?: number): Promise<LiveEvent>;
  /** Resolves when the server has ended the answer. */
  readonly ended: Promise<void>;
  close(): void;
}

interface Following {
  readonly apiKey?: string;
  readonly accounts?: "own" | "all";
  readonly lastEventId?: string;
}

const WITHIN_MS = 180_000;

export async function follow(url: string, following: Following = {}): Promise<Follower> {
  const { apiKey = API_KEY, accounts = "own", lastEventId } = following;
  const closing = new AbortController();
  const response = await fetch(`${url}/api/v1/events?accounts=${accounts}`, {
    headers: { "X-API-Key": apiKey, ...(lastEventId !== undefined && { "Last-Event-ID": lastEventId }) },
    signal: closing.signal,
  });
  if (response.status !== 200 || !response.body)
    throw new Error(`The stream was refused: ${response.status} ${await response.text()}`);
  const events: LiveEvent[] = [];
  const wake = new Set<() => void>();
  const ended = read(response.body, (event) => {
    events.push(event);
    for (const one of wake) one();
  }).catch(() => {});
  return {
    events,
    ended,
    close: () => closing.abort(),
    async until(isWanted, from = 0) {
      const deadline = AbortSignal.timeout(WITHIN_MS);
      for (;;) {
        const found = events.slice(from).find(isWanted);
        if (found) return found;
        if (deadline.aborted)
          throw new Error(
            `Not among ${JSON.stringify(events.slice(from).map(({ event, data }) => [event, data.status]))}`,
          );
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, 1_000);
          wake.add(() => {
            clearTimeout(timer);
            resolve();
          });
        });
        wake.clear();
      }
    },
  };
}

async function read(body: ReadableStream<Uint8Array>, take: (event: LiveEvent) => void): Promise<void> {
  let text = "";
  for await (const piece of body.pipeThrough(new TextDecoderStream())) {
    text += piece;
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1];
      const event = field("event");
      if (event) take({ id: field("id"), event, data: JSON.parse(field("data") ?? "{}") });
    }
  }
}

/** Whether an event is about that deployment, in that status if one is given. */
export function isOf(deploymentId: string, status?: string): (event: LiveEvent) => boolean {
  return ({ event, data }) =>
    event === "deployment" &&
    data.deploymentId === deploymentId &&
    (status === undefined || data.status === status);
}

export const isSeeded = ({ event }: LiveEvent): boolean => event === "seeded";
