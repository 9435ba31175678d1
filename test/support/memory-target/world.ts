// Where assistants of the target memory are: in this process, behind a port of loopback, as any engine is behind its own.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

/** What there is of one deployment. */
export interface Held {
  /** Its data, by names. */
  readonly files: Record<string, string>;
  secrets: Record<string, string> | null;
  /** Undefined where none was made; one that stands still is there, and does not run. */
  assistant: { readonly image: string; readonly lines: string[]; isRunning: boolean } | null;
}

export interface World {
  readonly url: string;
  /** By the deployments' ids. */
  readonly held: Map<string, Held>;
  /** How often each call was made. */
  readonly calls: Map<string, number>;
  /** Whether it hangs up on every call. */
  refuses: boolean;
  /** Told before each call is answered; what it throws is hung up on. */
  onCall: (name: string) => void | Promise<void>;
  /** Told when a call has taken effect, before it is answered. */
  onDone: (name: string) => void | Promise<void>;
  close(): Promise<void>;
}

type Asked = { readonly id: string } & Record<string, unknown>;

export async function startWorld(): Promise<World> {
  const held = new Map<string, Held>();
  const calls = new Map<string, number>();
  const one = (id: string): Held => {
    const found = held.get(id) ?? { files: {}, secrets: null, assistant: null };
    held.set(id, found);
    return found;
  };
  const answers: Record<string, (asked: Asked) => unknown> = {
    ping: () => ({}),
    look: ({ id }) => held.get(id) ?? null,
    make: ({ id }) => one(id),
    run({ id, image }) {
      const lines = [`${image} has started`];
      one(id).assistant = { image: String(image), lines, isRunning: true };
    },
    end: ({ id }) => Object.assign(held.get(id) ?? {}, { assistant: null }),
    halt: ({ id }) => Object.assign(held.get(id)?.assistant ?? {}, { isRunning: false }),
    start: ({ id }) => Object.assign(held.get(id)?.assistant ?? {}, { isRunning: true }),
    replace: ({ id, files }) => Object.assign(one(id), { files }),
    tell: ({ id, secrets }) => Object.assign(one(id), { secrets }),
    forget: ({ id }) => held.delete(id),
  };
  const server = createServer(async (request, response) => {
    const name = request.url?.slice(1) ?? "";
    calls.set(name, (calls.get(name) ?? 0) + 1);
    if (world.refuses) return void request.socket.destroy();
    try {
      await world.onCall(name);
    } catch {
      return void request.socket.destroy();
    }
    const answer = answers[name]?.((await json(request)) as Asked);
    await world.onDone(name);
    response.end(JSON.stringify(answer ?? null));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const world: World = {
    refuses: false,
    onCall: () => {},
    onDone: () => {},
    url: `http://127.0.0.1:${port}`,
    held,
    calls,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return world;
}
