// How the engine talks to a plugin: gRPC on a port of loopback that the plugin prints, for as long as the engine lives.
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import grpc from "@grpc/grpc-js";
import { isOfOwnUser } from "./own-user.ts";

/** The engine sends whole resources; gRPC's own limit of 4 MB is too small for some. */
export const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

export type Callback<Response = unknown> = (
  error: unknown,
  response?: Response,
  trailer?: grpc.Metadata,
) => void;

/** A service and what answers its calls. */
export interface Served {
  readonly service: grpc.ServiceDefinition;
  readonly handlers: Readonly<Record<string, (call: never, callback: Callback) => void>>;
  /** Ends what still runs, when the engine has gone. */
  readonly end?: () => void;
}

/** Serves until the engine goes; then the process exits. */
export async function serve(served: Served): Promise<void> {
  process.stdout.write(`${await listen(served)}\n`);
  exitWithEngine(served.end);
}

/**
 * Serves programs of this process's user on a free port of loopback, and returns it: what is asked of a plugin is done as
 * that user.
 */
export async function listen({ service, handlers }: Served): Promise<number> {
  const server = new grpc.Server({ "grpc.max_receive_message_length": MAX_MESSAGE_BYTES });
  // The generated service and the handlers agree on types that gRPC's own declarations can't express.
  server.addService(service, handlers as unknown as grpc.UntypedServiceImplementation);
  const connections = server.createConnectionInjector(grpc.ServerCredentials.createInsecure());
  const listener = createServer(async (socket) => {
    socket.on("error", () => {});
    const isOwn = await isOfOwnUser(socket);
    // It may have ended meanwhile.
    if (isOwn && !socket.destroyed) connections.injectConnection(socket);
    else socket.destroy();
  }).listen(0, "127.0.0.1");
  await once(listener, "listening");
  return (listener.address() as AddressInfo).port;
}

/** An answer that may be a promise, as a handler; `peer` is the connection that asks. `fail` says what becomes of what it throws. */
export function answering<Request, Response>(
  answer: (request: Request, peer: string) => Response | Promise<Response>,
  fail: (error: unknown) => Partial<grpc.StatusObject>,
) {
  return (call: { readonly request: Request; getPeer(): string }, callback: Callback): void => {
    const tell = (error: unknown) => {
      const failure = fail(error);
      callback(failure, undefined, failure.metadata);
    };
    Promise.resolve(call.request)
      .then((request) => answer(request, call.getPeer()))
      .then((response) => callback(null, response), tell);
  };
}

/** The engine holds the other end of stdin: its end is the engine's, however that came. */
function exitWithEngine(end: Served["end"]): void {
  const leave = () => {
    end?.();
    process.exit(0);
  };
  process.stdin.once("end", leave).once("error", leave).resume();
  process.once("SIGTERM", leave);
}
