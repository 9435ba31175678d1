// Servers that speak PostgreSQL's protocol just far enough: one breaks connections the way that a test wants, one pools.
import { type AddressInfo, createServer, type Socket } from "node:net";

/** Takes a client without a password, and is ready for its queries. */
const WELCOME = Buffer.concat([message("R", int32(0)), ready("I")]);
const UNTIL_BROKEN_MS = 50;
const INT4 = 23;

interface FakePostgres {
  readonly url: string;
  close(): void;
}

/** A message that ends a connection. */
export function fatal(code: string, text: string): Buffer {
  return message("E", Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${text}\0\0`));
}

/** @param breakIt what it does to a connection 50 ms after it has come about */
export function startBrokenPostgres(breakIt: (socket: Socket) => void): Promise<FakePostgres> {
  return start((socket) => void setTimeout(() => breakIt(socket), UNTIL_BROKEN_MS));
}

/**
 * A pooler as a client sees it: it knows `begin`, and tells the session that a query runs in.
 * @param next takes a session of those that nobody has: the last that was given back, or the one that has waited for longest
 */
export function startPooler(
  mode: "session" | "transaction" | "statement",
  next: "last" | "first" = "last",
): Promise<FakePostgres> {
  const free = [101, 102, 103, 104, 105, 106];
  return start((socket) => {
    let own: number | undefined;
    socket.on("data", (data: Buffer) => {
      if (data[0] !== "Q".charCodeAt(0)) return;
      const query = data.toString("utf8", 5, data.length - 1);
      if (query === "begin" && mode === "statement") {
        socket.write(fatal("08P01", "transaction blocks not allowed in statement pooling mode"));
        return;
      }
      own ??= next === "last" ? free.pop() : free.shift();
      socket.write(query === "begin" ? done("BEGIN", "T") : row("pid", String(own)));
      const isKept = mode === "session" || query === "begin" || isInTransaction.has(socket);
      if (query === "begin") isInTransaction.add(socket);
      if (isKept || own === undefined) return;
      free.push(own);
      own = undefined;
    });
  });
}

const isInTransaction = new WeakSet<Socket>();

async function start(onClient: (socket: Socket) => void): Promise<FakePostgres> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      socket.write(WELCOME);
      onClient(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `postgres://berth@127.0.0.1:${port}/none`, close: () => void server.close() };
}

/** An answer of one row with one number. */
function row(name: string, value: string): Buffer {
  const column = Buffer.concat([int32(0), int16(0), int32(INT4), int16(4), int32(-1), int16(0)]);
  return Buffer.concat([
    message("T", Buffer.concat([int16(1), Buffer.from(`${name}\0`), column])),
    message("D", Buffer.concat([int16(1), int32(value.length), Buffer.from(value)])),
    done("SELECT 1", "I"),
  ]);
}

function done(tag: string, state: "I" | "T"): Buffer {
  return Buffer.concat([message("C", Buffer.from(`${tag}\0`)), ready(state)]);
}

function ready(state: "I" | "T"): Buffer {
  return message("Z", Buffer.from(state));
}

function message(type: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}
