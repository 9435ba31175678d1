// Secrets are hidden by their type, not by remembering to: a Secret prints as [REDACTED] wherever it turns up.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { inspect } from "node:util";

/** `v2.<id of the key>.<sealed>`; the form v1 had no id. */
const FORM = "v2";

/** A value that can be used but not printed, logged or serialized. */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  /** The clear text. The caller is responsible for where it goes. */
  reveal(): string {
    return this.#value;
  }
  /** What a client may see of it, e.g. `…a1b2`. Short secrets show nothing. */
  get masked(): string {
    return this.#value.length >= 12 ? `…${this.#value.slice(-4)}` : "…";
  }
  toString(): string {
    return "[REDACTED]";
  }
  toJSON(): string {
    return "[REDACTED]";
  }
  [inspect.custom](): string {
    return "[REDACTED]";
  }
}

/** Why a stored secret can't be opened. Only for the operator: a customer sends the secret again. */
export class UnreadableSecret extends Error {
  readonly isOtherKey: boolean;
  constructor(keyId: string, isOtherKey: boolean) {
    super(
      isOtherKey
        ? `A stored secret can't be opened: it was sealed with the key ${keyId}, which this data folder's secret-key does not have.`
        : "A stored secret can't be opened: it is damaged, or was sealed for another row or with another secret-key.",
    );
    this.name = "UnreadableSecret";
    this.isOtherKey = isOtherKey;
  }
}

/**
 * Encrypts secrets at rest (AES-256-GCM) with keys derived from the data folder's key. What is sealed names its key, so
 * that keys can be changed and a wrong one is not taken for damage.
 */
export class SecretBox {
  readonly #keys: readonly SealingKey[];
  readonly #fingerprintKey: Buffer;

  /** @param former keys that still open what they have sealed */
  constructor(key: Buffer, former: readonly Buffer[] = []) {
    this.#keys = [key, ...former].map(sealingKey);
    this.#fingerprintKey = Buffer.from(hkdfSync("sha256", key, "", "berth fingerprint", 32));
  }

  /** Id of the key that seals. */
  get keyId(): string {
    return this.#keys[0]?.id ?? "";
  }

  /** @param context what the text belongs to; a sealed text moved to another row can't be opened. */
  seal(secret: Secret, context: string): string {
    const [{ id, key }] = this.#keys as [SealingKey];
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(context));
    const text = Buffer.concat([cipher.update(secret.reveal(), "utf8"), cipher.final()]);
    return [FORM, id, Buffer.concat([nonce, cipher.getAuthTag(), text]).toString("base64url")].join(".");
  }

  /** @throws UnreadableSecret when the text was sealed with another key or for another context, or is damaged. */
  open(sealed: string, context: string): Secret {
    const parts = sealed.split(".");
    const body = Buffer.from(parts.at(-1) ?? "", "base64url");
    const keyId = keyIdOf(sealed);
    const keys = keyId === undefined ? this.#keys : this.#keys.filter(({ id }) => id === keyId);
    for (const { key } of keys) {
      const text = decrypted(body, key, context);
      if (text !== undefined) return new Secret(text);
    }
    throw new UnreadableSecret(keyId ?? "of a version before", keys.length === 0);
  }

  /** A keyed hash: shows that a secret changed and nothing else about it. */
  fingerprint(text: string): string {
    return createHmac("sha256", this.#fingerprintKey).update(text).digest("hex").slice(0, 32);
  }
}

/** Id of the key that a text was sealed with; undefined in the form of 0.1.0, which names none. */
export function keyIdOf(sealed: string): string | undefined {
  const [form, id] = sealed.split(".");
  return form === FORM ? id : undefined;
}

interface SealingKey {
  readonly id: string;
  readonly key: Buffer;
}

function sealingKey(key: Buffer): SealingKey {
  return {
    id: Buffer.from(hkdfSync("sha256", key, "", "berth key id", 6)).toString("hex"),
    key: Buffer.from(hkdfSync("sha256", key, "", "berth sealing", 32)),
  };
}

function decrypted(bytes: Buffer, key: Buffer, context: string): string | undefined {
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12))
      .setAAD(Buffer.from(context))
      .setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
  } catch {
    return undefined;
  }
}
