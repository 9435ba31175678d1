// The cluster's certificates, by openssl, and kubeconfigs that hold them. They are of this run alone.
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../../infra/toolchain/run.ts";

const DAYS = "7";
const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

export interface Identity {
  /** A user's name, or a server's. */
  readonly name: string;
  /** What Kubernetes takes for the user's group. */
  readonly group?: string;
  /** Names and addresses of a server, e.g. `IP:10.0.0.1`. */
  readonly alternatives?: readonly string[];
}

export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

export class Authority {
  readonly #folder: string;
  readonly certificate: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.certificate = join(folder, "ca.pem");
  }

  static async create(folder: string): Promise<Authority> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const uses = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"];
    const extensions = uses.flatMap((use) => ["-addext", use]);
    const files = ["-keyout", "ca-key.pem", "-out", "ca.pem"];
    const subject = ["-days", DAYS, "-subj", "/CN=CA of a test cluster"];
    await run("openssl", ["req", "-x509", ...NEW_KEY, ...files, ...subject, ...extensions], { cwd: folder });
    return new Authority(folder);
  }

  /** @returns the paths of key and certificate */
  async issue({ name, group, alternatives }: Identity): Promise<KeyPair> {
    const base = name.replaceAll(":", "-");
    const [key, request, cert, extensions] = ["key", "request", "cert", "extensions"].map((part) =>
      join(this.#folder, `${base}-${part}.pem`),
    ) as [string, string, string, string];
    const lines = ["basicConstraints=CA:FALSE", "extendedKeyUsage=serverAuth,clientAuth"];
    if (alternatives) lines.push(`subjectAltName=${alternatives.join(",")}`);
    writeFileSync(extensions, `${lines.join("\n")}\n`);
    const subject = `${group ? `/O=${group}` : ""}/CN=${name}`;
    await run("openssl", ["req", ...NEW_KEY, "-keyout", key, "-out", request, "-subj", subject]);
    // Several are made at once: of a file of serials, one would read what another is writing.
    const serial = ["-set_serial", `0x${randomBytes(8).toString("hex")}`];
    const by = ["-CA", this.certificate, "-CAkey", join(this.#folder, "ca-key.pem"), ...serial];
    const signed = ["-extfile", extensions, "-days", DAYS, "-out", cert];
    await run("openssl", ["x509", "-req", "-in", request, ...by, ...signed]);
    return { key, cert };
  }

  /** Writes a kubeconfig for that user. @returns its path */
  async kubeconfig(server: string, identity: Identity): Promise<string> {
    const { key, cert } = await this.issue(identity);
    const data = (path: string) => readFileSync(path).toString("base64");
    const name = "berth-test";
    const config = {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name, cluster: { server, "certificate-authority-data": data(this.certificate) } }],
      users: [{ name, user: { "client-certificate-data": data(cert), "client-key-data": data(key) } }],
      contexts: [{ name, context: { cluster: name, user: name } }],
      "current-context": name,
    };
    const path = join(this.#folder, `${identity.name.replaceAll(":", "-")}.kubeconfig`);
    writeFileSync(path, JSON.stringify(config, undefined, 2), { mode: 0o600 });
    return path;
  }
}
