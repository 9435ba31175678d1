// How the engine talks to a plugin: gRPC on a port of loopback that the plugin prints, for as long as the engine lives.
import grpc from "@grpc/grpc-js";

/** The engine sends whole resources; gRPC's own limit of 4 MB is too small for some. */
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

export type Callback<Response = unknown> = (
  error: unknown,
  response?: Response,
  trailer?: grpc.Metadata,
) => void;

/** Serves until the engine goes; then `end` is called and the process exits. */
export async function serve(
  service: grpc.ServiceDefinition,
  handlers: Readonly<Record<string, (call: never, callback: Callback) => void>>,
  end: () => void = () => {},
): Promise<void> {
  const server = new grpc.Server({ "grpc.max_receive_message_length": MAX_MESSAGE_BYTES });
  // The generated service and the handlers agree on types that gRPC's own declarations can't express.
  server.addService(service, handlers as unknown as grpc.UntypedServiceImplementation);
  const port = await new Promise<number>((resolve, reject) => {
    const credentials = grpc.ServerCredentials.createInsecure();
    server.bindAsync("127.0.0.1:0", credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  process.stdout.write(`${port}\n`);
  exitWithEngine(end);
}

/** An answer that may be a promise, as a handler; what it throws is told by `fail`. */
export function answering<Request, Response>(
  answer: (request: Request) => Response | Promise<Response>,
  fail: (error: unknown) => Partial<grpc.StatusObject>,
) {
  return ({ request }: { request: Request }, callback: Callback): void => {
    const tell = (error: unknown) => {
      const failure = fail(error);
      callback(failure, undefined, failure.metadata);
    };
    Promise.resolve(request)
      .then(answer)
      .then((response) => callback(null, response), tell);
  };
}

/** The engine holds the other end of stdin: its end is the engine's, however that came. */
function exitWithEngine(end: () => void): void {
  const leave = () => {
    end();
    process.exit(0);
  };
  process.stdin.once("end", leave).once("error", leave).resume();
  process.once("SIGTERM", leave);
}
