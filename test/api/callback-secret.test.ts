// A key that only reads gets no secret by which callbacks can be forged.
import type { Response } from "express";
import { expect, it } from "vitest";
import { needScope } from "../../api/middleware/authenticate.ts";
import { setCaller } from "../../api/middleware/caller.ts";
import { showSecret } from "../../api/routes/callback-secret.ts";

it("is FORBIDDEN to a key without the scope write, before anything is read", async () => {
  const response = { locals: {} } as Response;
  const key = { accountId: "a", keyId: "k", endsAt: null, isOperator: false, requestId: "r" };
  setCaller(response, { ...key, scopes: ["read"] });
  const show = showSecret({} as Parameters<typeof showSecret>[0]);
  await expect(show({} as never, response, () => {})).rejects.toMatchObject({ code: "FORBIDDEN" });
  setCaller(response, { ...key, scopes: ["read", "write"] });
  expect(() => needScope(response, "write")).not.toThrow();
});
