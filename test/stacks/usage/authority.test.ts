// The CA of the model gateway is kept, as long as it can vouch for every provider's name.
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Certified, createAuthority } from "../../../infra/gateway/certificates.ts";
import type { Database } from "../../../stacks/database/database.ts";
import { SecretBox } from "../../../stacks/secret.ts";
import { keptAuthority } from "../../../stacks/usage/authority.ts";
import { openEmptyDatabase } from "../../support/empty-database.ts";

const box = new SecretBox(randomBytes(32));
let database: Database;
beforeAll(async () => {
  database = await openEmptyDatabase();
});
afterAll(() => database?.close());

/** As a version before has made it, which knew no compatible servers. */
function withoutCompatible({ certificate, key }: Certified): Certified {
  const [, base64 = ""] = /-----BEGIN CERTIFICATE-----([^-]+)/.exec(certificate) ?? [];
  const text = Buffer.from(base64, "base64").toString("latin1");
  const other = Buffer.from(text.replace("compatible.berth.invalid", "incapable_.berth.invalid"), "latin1");
  const lines = other.toString("base64").match(/.{1,64}/g) ?? [];
  return {
    key,
    certificate: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`,
  };
}

it("one that lacks a name is replaced, and the new one is kept", async () => {
  const old = withoutCompatible(await createAuthority());
  await keptAuthority(database.sql, box, async () => old).catch(() => undefined);
  expect(await database.sql.selectFrom("gateway_authority").select("certificate").execute()).toEqual([
    { certificate: old.certificate },
  ]);
  const made = await createAuthority();
  expect(await keptAuthority(database.sql, box, async () => made)).toEqual(made);
  expect(await keptAuthority(database.sql, box, createAuthority)).toEqual(made);
});
