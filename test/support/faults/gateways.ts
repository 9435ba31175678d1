// Model gateways beside an API and a worker, all on one PostgreSQL and processes of their own, with one assistant. The provider
// is a fake one.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../free-port.ts";
import { type FakeProvider, startFakeProvider } from "../gateway/fake-provider.ts";
import { type PostgresServer, startPostgres } from "../postgres.ts";
import { Beside } from "./beside.ts";
import { Server } from "./server.ts";
import { slotFor } from "./strike.ts";
import { Worker } from "./worker.ts";

const SAYS = "Berth passes requests on to models";

export interface RunningGateway {
  readonly process: Beside;
  readonly port: number;
}

interface Usage {
  readonly openRequests: number;
  readonly total: { readonly requests: number; readonly tokens: number };
}

export class Gateways {
  readonly postgres: PostgresServer;
  readonly provider: FakeProvider;
  readonly server: Server;
  /** Of the assistant, which is active. */
  readonly id: string;

  private constructor(parts: Pick<Gateways, "postgres" | "provider" | "server" | "id">) {
    ({ postgres: this.postgres, provider: this.provider, server: this.server, id: this.id } = parts);
  }

  /** All but the gateways themselves. @param slice of the test file */
  static async open(slice: number, answer: FakeProvider["answer"]): Promise<Gateways> {
    await using opened = new AsyncDisposableStack();
    const postgres = await startPostgres();
    opened.defer(() => postgres.stop());
    const provider = await startFakeProvider(answer);
    opened.defer(() => provider.close());
    const settings = {
      DATABASE_URL: postgres.url,
      BERTH_ROLE: "api",
      BERTH_MODEL_GATEWAY: "all",
      BERTH_GATEWAY_URL: "https://gateway.example.com",
      BERTH_ANTHROPIC_BASE_URL: provider.url,
    };
    const server = await Server.start(slice, { settings });
    opened.defer(() => server.close());
    await Worker.start(server);
    const id = await slotFor(server, "stop");
    opened.move();
    return new Gateways({ postgres, provider, server, id });
  }

  /** One more. @param settings in the place of the server's; undefined unsets one */
  async start(
    settings: Readonly<Record<string, string | undefined>> = {},
    port?: number,
  ): Promise<RunningGateway> {
    const own = port ?? (await freePort());
    const role = {
      role: "gateway",
      says: SAYS,
      settings: { BERTH_GATEWAY_PORT: `${own}`, ...settings },
    } as const;
    return { process: await Beside.start(this.server, role), port: own };
  }

  /** What the assistant shows a gateway. */
  get token(): string {
    const file = join(this.server.dataDir, "secrets", `${this.id}.json`);
    return JSON.parse(readFileSync(file, "utf8")).models.anthropic;
  }

  async usage(): Promise<Usage> {
    return (await this.server.call("GET", `${this.id}/usage`)).body.data as unknown as Usage;
  }

  /** Ends what the server owns, the gateways too. */
  async close(): Promise<void> {
    await this.server.close();
    await this.provider.close();
    await this.postgres.stop();
  }
}
