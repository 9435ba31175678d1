// Real books for the gateway under test: a PostgreSQL of its own, with one active assistant that has a token.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { DEFAULT_ACCOUNT_ID } from "../../../stacks/accounts/accounts.ts";
import { openDatabase } from "../../../stacks/database/database.ts";
import { createSlot, getDeployment } from "../../../stacks/deployments/deployments.ts";
import { openColumn } from "../../../stacks/deployments/secret-columns.ts";
import { Secret, SecretBox } from "../../../stacks/secret.ts";
import { ModelLedger } from "../../../stacks/usage/ledger.ts";
import { withModelToken } from "../../../stacks/usage/tokens.ts";
import { startPostgres } from "../../support/postgres.ts";

const box = new SecretBox(randomBytes(32));
const GATEWAY = { modelGateway: { byok: true, reach: { form: "names", caPem: "" } } } as const;

export async function openBooks() {
  const folder = await mkdtemp(join(tmpdir(), "berth-bench-books-"));
  const server = await startPostgres();
  const { sql, close } = await openDatabase({ url: server.url });
  const { id } = await createSlot(sql, { accountId: DEFAULT_ACCOUNT_ID, apiMode: "managed", maxLive: 0 });
  await sql
    .updateTable("deployments")
    .set({ status: "active", model_provider: "anthropic" })
    .where("id", "=", id)
    .execute();
  const slot = await getDeployment(sql, DEFAULT_ACCOUNT_ID, id);
  const found = await withModelToken(sql, { box, settings: GATEWAY }, slot);
  const settings = {
    modelKeys: { anthropic: new Secret("sk-ant-of-the-bench") },
    modelLimits: { byok: {}, managed: {}, unlimited: {} },
    dataDir: folder,
  };
  const ledger = new ModelLedger({ sql, box, settings, log: pino({ level: "silent" }) });
  return {
    access: ledger,
    token: openColumn(box, found, "model_token")?.reveal() ?? "",
    /** Streams whose tokens are in the books. */
    async counted(output: number): Promise<number> {
      const rows = await sql
        .selectFrom("model_requests")
        .select("id")
        .where("state", "=", "settled")
        .where("output", "=", output)
        .execute();
      return rows.length;
    },
    async close() {
      await ledger.close();
      await close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
