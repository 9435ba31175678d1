// Says of each proxy that is set whether somebody listens there: what goes through a dead one fails much later, in words
// that do not name it.
import { connect } from "node:net";
import { proxiesIn } from "./inherited.ts";

const TIMEOUT_MS = 3_000;
const DEFAULT_PORTS: Readonly<Record<string, number>> = { "https:": 443, "socks5:": 1080, "socks5h:": 1080 };

/** A sentence for each proxy that can't be used; never with its user and password. */
export async function deadProxies(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string[]> {
  const found = await Promise.all(
    [...proxiesIn(environment)].map(async ([name, text]) => {
      const url = URL.canParse(text) ? text : `http://${text}`;
      if (!URL.canParse(url)) return `${name} is no URL of a proxy.`;
      const { protocol, hostname, port } = new URL(url);
      const at = Number(port) || (DEFAULT_PORTS[protocol] ?? 80);
      const why = await whyNot(hostname.replace(/^\[|\]$/g, ""), at);
      if (why === undefined) return [];
      return `The proxy ${hostname}:${at} that ${name} names does not answer (${why}). Set-up's downloads and what Pulumi asks of a cloud go through it and will fail; assistants, callbacks and Docker don't.`;
    }),
  );
  return found.flat();
}

function whyNot(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: TIMEOUT_MS });
    const end = (why: string | undefined) => {
      socket.destroy();
      resolve(why);
    };
    socket
      .once("connect", () => end(undefined))
      .once("timeout", () => end(`no answer within ${TIMEOUT_MS / 1000} s`))
      .once("error", (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}
