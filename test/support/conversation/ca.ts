// A CA of the tests' own, made without a network and kept for this user: an image that trusts it can be kept, too.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { cached, cacheFolder } from "../../../infra/toolchain/cache.ts";

const NAME = "conversation-ca";
const CA_DAYS = "3650";
const SERVER_DAYS = "7";
const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

export interface Authority {
  /** Its certificate. */
  readonly file: string;
  /** Tells it from others. */
  readonly fingerprint: string;
  /** A certificate for exactly these names. */
  issue(names: readonly string[]): Promise<Certificate>;
}

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** @throws Error when there is no openssl */
export async function keptAuthority(): Promise<Authority> {
  const folder = await cached(await cacheFolder(process.env), NAME, async (unfinished) => {
    const uses = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"];
    const extensions = uses.flatMap((use) => ["-addext", use]);
    const files = ["-keyout", "ca-key.pem", "-out", "ca.pem"];
    const subject = ["-days", CA_DAYS, "-subj", "/CN=CA of Berth's tests"];
    await openssl(unfinished, "req", "-x509", ...NEW_KEY, ...files, ...subject, ...extensions);
  });
  const file = join(folder, "ca.pem");
  const fingerprint = createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
  return { file, fingerprint, issue: (names) => issue(folder, names) };
}

async function issue(authority: string, names: readonly string[]): Promise<Certificate> {
  const folder = await mkdtemp(join(tmpdir(), "berth-certificate-"));
  try {
    const alternatives = names.map((name) => `DNS:${name}`).join(",");
    const extensions = `subjectAltName=${alternatives}\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n`;
    await writeFile(join(folder, "extensions"), extensions);
    const request = ["-keyout", "key.pem", "-out", "request.pem", "-subj", `/CN=${names[0]}`];
    await openssl(folder, "req", ...NEW_KEY, ...request);
    const by = ["-CA", join(authority, "ca.pem"), "-CAkey", join(authority, "ca-key.pem")];
    const signed = ["-extfile", "extensions", "-days", SERVER_DAYS, "-out", "cert.pem"];
    await openssl(folder, "x509", "-req", "-in", "request.pem", ...by, ...signed);
    const [key, cert] = await Promise.all(
      ["key.pem", "cert.pem"].map((name) => readFile(join(folder, name), "utf8")),
    );
    return { key: key ?? "", cert: cert ?? "" };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function openssl(cwd: string, ...args: readonly string[]): Promise<void> {
  await promisify(execFile)("openssl", args, { cwd, timeout: 120_000 }).catch((error: { code?: unknown }) => {
    if (error.code === "ENOENT")
      throw new Error(
        "There is no openssl, which makes the tests' certificates: install the package openssl.",
      );
    throw error;
  });
}
