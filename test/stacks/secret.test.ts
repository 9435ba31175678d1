import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { pino } from "pino";
import { expect, it } from "vitest";
import { redaction } from "../../stacks/deployments/redaction.ts";
import { sealColumn } from "../../stacks/deployments/secret-columns.ts";
import { keyIdOf, Secret, SecretBox, UnreadableSecret } from "../../stacks/secret.ts";

const box = new SecretBox(randomBytes(32));

it("a secret can't be printed, logged or serialized", () => {
  const canary = "canary-0123456789";
  const secret = new Secret(canary);
  let logged = "";
  pino({}, { write: (line: string) => (logged += line) }).info({ secret, nested: { secret } }, "%s", secret);
  const ways = [
    String(secret),
    `${secret}`,
    JSON.stringify({ secret }),
    inspect({ secret }, { depth: 9, showHidden: true }),
    logged,
  ];
  for (const way of ways) {
    expect(way).toContain("[REDACTED]");
    expect(way).not.toContain(canary);
  }
  expect(secret.reveal()).toBe(canary);
});

it("shows the last four characters at most, and none of a short one", () => {
  expect(new Secret("0123456789ab").masked).toBe("…89ab");
  expect(new Secret("0123456789a").masked).toBe("…");
});

it("a sealed secret opens in its own place only, with its own key only, and unchanged only", () => {
  const sealed = box.seal(new Secret("value"), "row/column");
  expect(box.open(sealed, "row/column").reveal()).toBe("value");
  expect(sealed).not.toContain("value");
  expect(box.seal(new Secret("value"), "row/column")).not.toBe(sealed);
  expect(() => box.open(sealed, "other/column")).toThrow(/can't be opened/);
  expect(() => new SecretBox(randomBytes(32)).open(sealed, "row/column")).toThrow(/can't be opened/);
  const [form, keyId, body = ""] = sealed.split(".");
  const bytes = Buffer.from(body, "base64url");
  for (let index = 0; index < bytes.length; index++) {
    const changed = Buffer.from(bytes);
    changed[index] = (changed[index] ?? 0) ^ 1;
    expect(() => box.open([form, keyId, changed.toString("base64url")].join("."), "row/column")).toThrow(
      /can't be opened/,
    );
  }
});

it("what is sealed names its key: a wrong key is told from damage, and a former key still opens", () => {
  const key = randomBytes(32);
  const old = new SecretBox(key);
  const sealed = old.seal(new Secret("value"), "row");
  expect(keyIdOf(sealed)).toBe(old.keyId);
  const other = reasonOf(() => box.open(sealed, "row"));
  expect(other.isOtherKey).toBe(true);
  expect(other.message).toContain(old.keyId);
  expect(reasonOf(() => old.open(`${sealed.slice(0, -4)}AAAA`, "row")).isOtherKey).toBe(false);
  const rotated = new SecretBox(randomBytes(32), [key]);
  expect(rotated.open(sealed, "row").reveal()).toBe("value");
  expect(keyIdOf(rotated.seal(new Secret("value"), "row"))).toBe(rotated.keyId);
});

it("the form of 0.1.0, which named no key, is opened by whichever key it was sealed with", () => {
  const key = randomBytes(32);
  const [, , body] = new SecretBox(key).seal(new Secret("value"), "row").split(".");
  expect(new SecretBox(randomBytes(32), [key]).open(`v1.${body}`, "row").reveal()).toBe("value");
  expect(keyIdOf(`v1.${body}`)).toBeUndefined();
  expect(reasonOf(() => box.open(`v1.${body}`, "row")).isOtherKey).toBe(false);
});

function reasonOf(open: () => unknown): UnreadableSecret {
  try {
    open();
  } catch (error) {
    if (error instanceof UnreadableSecret) return error;
  }
  throw new Error("It was opened.");
}

it("a fingerprint is the same for the same text and key, and tells nothing else", () => {
  expect(box.fingerprint("a")).toBe(box.fingerprint("a"));
  expect(box.fingerprint("a")).not.toBe(box.fingerprint("b"));
  expect(new SecretBox(randomBytes(32)).fingerprint("a")).not.toBe(box.fingerprint("a"));
});

it("what others write is told without a deployment's secrets, also as a URL has them", () => {
  const deployment = {
    id: "a",
    telegram_bot_token: sealColumn(box, "a", "telegram_bot_token", "123:token"),
    model_api_key: sealColumn(box, "a", "model_api_key", "key"),
    gateway_token: null,
    model_token: null,
  };
  const settings = { modelKeys: { openai: new Secret("operators-key") } };
  const said = "GET /bot123:token and /bot123%3Atoken with key and operators-key, twice: 123:token";
  expect(redaction({ box, settings }, deployment)(said)).toBe(
    "GET /bot[REDACTED] and /bot[REDACTED] with [REDACTED] and [REDACTED], twice: [REDACTED]",
  );
  const other = new SecretBox(randomBytes(32));
  expect(redaction({ box: other, settings }, deployment)("can't be opened, and is told")).toBe(
    "can't be opened, and is told",
  );
});
