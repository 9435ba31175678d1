// A fake of Berth's plugin in an assistant, on loopback. It answers as infra/assistant/plugin/index.mjs does in OpenClaw.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { PluginPairing, PluginStatus, SettingsState } from "../../infra/assistant/plugin-calls.ts";
import { findDeployment } from "../../stacks/deployments/deployments.ts";
import { openColumn } from "../../stacks/deployments/secret-columns.ts";
import type { TestBerth } from "./berth.ts";

export interface Given {
  readonly status: number;
  /** Text as it is, anything else as JSON. */
  readonly body: unknown;
  readonly type?: string;
}

/** What the plugin says of an assistant that is connected and that nobody has written to. */
export const QUIET: PluginStatus = {
  lastMessageAt: null,
  lastAnswerAt: null,
  waitingSince: null,
  failure: null,
  channel: { isConnected: true, hasFailed: false, hasGivenUp: false, isContested: false },
};

export class FakePlugin {
  /** Calls with the right token, e.g. `GET /berth/status`, in order. */
  readonly asked: string[] = [];
  /** What the calls that have a body were sent. */
  readonly sent: unknown[] = [];
  url = "";
  token = "the-gateway's";
  status: PluginStatus = QUIET;
  /** Without a revision of its own, each look is told of another one. */
  settings: Omit<SettingsState, "revision"> & { readonly revision?: string } = {
    isValid: true,
    problems: [],
    isInForce: true,
  };
  pairings: PluginPairing[] = [];
  /** Whether whoever is let in can be told so. */
  canNotify = true;
  /** What is answered to a call instead; "never" for no answer at all. */
  readonly instead = new Map<string, Given | "never">();
  readonly #server = createServer((request, response) => void this.#take(request, response));

  /** @returns its address */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this.url;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Berth takes it for the plugin of this active deployment's assistant, until the stack reports its outputs anew. */
  async standInFor({ installation: { sql, box } }: TestBerth, id: string): Promise<void> {
    const deployment = await findDeployment(sql, id);
    const token = deployment && openColumn(box, deployment, "gateway_token");
    if (!deployment?.outputs || !token) throw new Error("The deployment is not active.");
    this.token = token.reveal();
    const outputs = JSON.stringify({ ...deployment.outputs, endpoint: this.url });
    await sql.updateTable("deployments").set({ outputs }).where("id", "=", id).execute();
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers.authorization !== `Bearer ${this.token}`)
      return send(response, { status: 401, body: { error: { type: "unauthorized" } } });
    const call = `${request.method} ${request.url}`;
    this.asked.push(call);
    const body = await text(request);
    if (body) this.sent.push(JSON.parse(body));
    const given = this.instead.get(call) ?? this.#answer(call, body);
    if (given !== "never") send(response, given);
  }

  #answer(call: string, body: string): Given {
    if (call === "GET /berth/status") return { status: 200, body: this.status };
    if (call === "GET /berth/settings")
      return { status: 200, body: { revision: `${this.asked.length}`, ...this.settings } };
    if (call === "GET /berth/pairings") return { status: 200, body: { pairings: this.pairings } };
    if (call === "POST /berth/pairings/approve") return this.#approve(JSON.parse(body));
    if (call === "POST /berth/channel/restart") return { status: 200, body: { isStarted: true } };
    return { status: 404, body: { error: "There is no such call." } };
  }

  #approve({ requestId }: { readonly requestId?: string }): Given {
    const others = this.pairings.filter((pairing) => pairing.requestId !== requestId);
    if (others.length === this.pairings.length)
      return { status: 409, body: { error: "No pending pairing request." } };
    this.pairings = others;
    return { status: 200, body: { isNotified: this.canNotify } };
  }
}

function send(response: ServerResponse, { status, body, type = "application/json" }: Given): void {
  response.writeHead(status, { "Content-Type": type });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}
