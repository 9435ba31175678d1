// Secrets are hidden by their type, not by remembering to: a Secret prints as [REDACTED] wherever it turns up.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { inspect } from "node:util";

const FORM = "v1";

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

/** Encrypts secrets at rest (AES-256-GCM) with keys derived from the data folder's key. */
export class SecretBox {
  readonly #sealingKey: Buffer;
  readonly #fingerprintKey: Buffer;

  constructor(key: Buffer) {
    this.#sealingKey = Buffer.from(hkdfSync("sha256", key, "", "berth sealing", 32));
    this.#fingerprintKey = Buffer.from(hkdfSync("sha256", key, "", "berth fingerprint", 32));
  }

  /** @param context what the text belongs to; a sealed text moved to another row can't be opened. */
  seal(secret: Secret, context: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.#sealingKey, nonce).setAAD(Buffer.from(context));
    const text = Buffer.concat([cipher.update(secret.reveal(), "utf8"), cipher.final()]);
    return [FORM, Buffer.concat([nonce, cipher.getAuthTag(), text]).toString("base64url")].join(".");
  }

  /** @throws Error when the text was sealed with another key or for another context. */
  open(sealed: string, context: string): Secret {
    const [form, body] = sealed.split(".");
    if (form !== FORM || !body) throw new Error("A stored secret has an unknown form.");
    const bytes = Buffer.from(body, "base64url");
    const decipher = createDecipheriv("aes-256-gcm", this.#sealingKey, bytes.subarray(0, 12))
      .setAAD(Buffer.from(context))
      .setAuthTag(bytes.subarray(12, 28));
    try {
      return new Secret(
        Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8"),
      );
    } catch {
      throw new Error("A stored secret can't be opened with the secret-key of this data folder.");
    }
  }

  /** A keyed hash: tells that a secret changed and nothing else about it. */
  fingerprint(text: string): string {
    return createHmac("sha256", this.#fingerprintKey).update(text).digest("hex").slice(0, 32);
  }
}
