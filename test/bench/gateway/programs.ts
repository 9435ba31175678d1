// The programs that ../gateway.ts and ../counting.ts measure, each a process of its own, and their client.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { SERVER_FLAGS } from "../../../infra/toolchain/node.mjs";

/** As long as what OpenClaw sends for a first "hello". */
const BODY = JSON.stringify({
  model: "claude-sonnet-5",
  max_tokens: 8_192,
  stream: true,
  messages: "x".repeat(55_000),
});

export interface Way {
  readonly url: string;
  readonly agent: Agent;
  readonly token: string;
}

/** Milliseconds until the first byte of a stream that is read to its end. */
export async function stream({ url, agent, token }: Way, chunks: number, everyMs: number): Promise<number> {
  const headers = {
    "x-api-key": token,
    "content-type": "application/json",
    "anthropic-beta": `chunks-${chunks}-every-${everyMs}`,
  };
  const startedAt = performance.now();
  const asked = request(`${url}/v1/messages`, { method: "POST", agent, headers });
  asked.end(BODY);
  const [answer] = await once(asked, "response");
  let firstAt = 0;
  let length = 0;
  for await (const piece of answer) {
    firstAt ||= performance.now();
    length += piece.length;
  }
  if (answer.statusCode !== 200 || length < chunks)
    throw new Error(`${answer.statusCode} with ${length} bytes`);
  return firstAt - startedAt;
}

export function way({ url, token }: Program, path = ""): Way {
  return { url: url + path, agent: new Agent({ keepAlive: true }), token };
}

export interface Program {
  readonly process: ChildProcess;
  readonly url: string;
  readonly token: string;
  ask(): Promise<{ readonly rss: number; readonly counted: number }>;
  /** Milliseconds of CPU that it has used, by what Linux says of its threads. */
  cpuMs(): Promise<number>;
}

export async function start(program: string, ...args: string[]): Promise<Program> {
  const process = fork(new URL(program, import.meta.url), args, {
    execArgv: ["--expose-gc", ...SERVER_FLAGS],
  });
  const [{ port, token = "" }] = await once(process, "message");
  const ask = async () => {
    process.send("tell");
    const [told] = await once(process, "message");
    return told;
  };
  return { process, url: `http://127.0.0.1:${port}`, token, ask, cpuMs: () => cpuMsOf(process.pid) };
}

async function cpuMsOf(pid: number | undefined): Promise<number> {
  let nanoseconds = 0;
  for (const thread of await readdir(`/proc/${pid}/task`))
    nanoseconds += Number.parseInt(await readFile(`/proc/${pid}/task/${thread}/schedstat`, "utf8"), 10);
  return nanoseconds / 1_000_000;
}
