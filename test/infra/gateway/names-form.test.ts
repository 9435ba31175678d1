import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { Server } from "node:http";
import { createServer as createTlsServer, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type TLSSocket } from "node:tls";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Certified, certify, createAuthority } from "../../../infra/gateway/certificates.ts";
import { type Gateway, openGateway } from "../../../infra/gateway/gateway.ts";
import { close, listen, openNamesServer } from "../../../infra/gateway/listener.ts";
import { PROVIDERS } from "../../../infra/gateway/providers.ts";
import { type FakeProvider, json, startFakeProvider } from "../../support/gateway/fake-provider.ts";
import { MemoryAccess, TOKEN } from "../../support/gateway/memory-access.ts";

const DAY_MS = 86_400_000;
const NAMES = Object.values(PROVIDERS).map(({ host }) => host);

let authority: Certified;
let provider: FakeProvider;
let gateway: Gateway;
let server: Server;
let port: number;
/** Of the server's certificate. */
let now = Date.now() - 5 * DAY_MS;
beforeAll(async () => {
  authority = await createAuthority();
  provider = await startFakeProvider(json({ usage: { input_tokens: 1, output_tokens: 1 } }));
  gateway = openGateway({ access: new MemoryAccess(), baseUrls: { anthropic: provider.url } });
  server = openNamesServer(gateway, authority, () => now);
  ({ port } = await listen(server, 0, "127.0.0.1"));
});
afterAll(async () => {
  await close(server, 0);
  await gateway.close();
  await provider.close();
});

/** The status that a client gets which believes that it talks to the provider. */
function post(
  host: string,
  options: { host?: string; path?: string; ca?: string; port?: number } = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({
      ...{
        host: "127.0.0.1",
        port: options.port ?? port,
        servername: host,
        ca: options.ca ?? authority.certificate,
      },
      ...{ method: "POST", path: options.path ?? "/v1/messages", agent: false },
      headers: { host: options.host ?? host, "x-api-key": TOKEN, "content-type": "application/json" },
    });
    asked.once("error", reject).once("response", (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.end('{"model":"claude-sonnet-5","max_tokens":1}');
  });
}

function certificateFor(name: string): Promise<X509Certificate> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect(
      { host: "127.0.0.1", port, servername: name, ca: authority.certificate },
      () => {
        resolve(new X509Certificate(socket.getPeerCertificate(true).raw));
        socket.destroy();
      },
    );
    socket.once("error", reject);
  });
}

describe("under a provider's own name", () => {
  it("a request reaches the fake provider", async () => {
    expect(await post("api.anthropic.com")).toBe(200);
    expect(provider.received.at(-1)?.request.url).toBe("/v1/messages");
  });
  it("the certificate holds for each of the five, for clients that know the CA alone", async () => {
    for (const name of NAMES) expect((await certificateFor(name)).checkHost(name)).toBe(name);
    const stranger = await createAuthority();
    await expect(post("api.anthropic.com", { ca: stranger.certificate })).rejects.toThrow(
      /signature|certificate/,
    );
  });
  it("a Host that is another than TLS's is refused", async () => {
    expect(await post("api.anthropic.com", { host: "api.openai.com" })).toBe(421);
    expect(await post("api.openai.com", { host: "api.anthropic.com" })).toBe(421);
    expect(await post("api.anthropic.com", { host: "api.anthropic.com:443" })).toBe(200);
  });
  it("the paths of the other form don't exist", async () => {
    expect(await post("api.anthropic.com", { path: "/anthropic/v1/messages" })).toBe(404);
  });
  it.each(["example.com", "evil.api.anthropic.com", ""])(
    "TLS for the name «%s» isn't spoken",
    async (name) => {
      await expect(certificateFor(name)).rejects.toThrow();
    },
  );
});

describe("the certificate", () => {
  it("lasts a week, and is another one days before it ends, while the server runs", async () => {
    const first = await certificateFor("api.openai.com");
    expect(Date.parse(first.validTo) - now).toBeLessThan(7 * DAY_MS + 1_000);
    expect((await certificateFor("api.openai.com")).serialNumber).toBe(first.serialNumber);
    now = Date.now();
    const second = await certificateFor("api.openai.com");
    expect(second.serialNumber).not.toBe(first.serialNumber);
  });
  it("is another one after the clock was put back, as nobody takes one of the future", async () => {
    now = Date.now() + 40 * DAY_MS;
    await expect(certificateFor("api.openai.com")).rejects.toThrow("not yet valid");
    now = Date.now();
    await certificateFor("api.openai.com");
  });
  it("can be made after 2050", async () => {
    const { certificate } = await certify(authority, new Date("2051-06-01T00:00:00Z"));
    const ca = new X509Certificate(authority.certificate);
    expect(new X509Certificate(certificate).checkIssued(ca)).toBe(true);
  });
  it("is one of a CA whose time does not come from the clock, which may have been wrong when it was made", () => {
    const { validFrom, validTo } = new X509Certificate(authority.certificate);
    expect(new Date(validFrom)).toEqual(new Date("2020-01-01T00:00:00Z"));
    expect(new Date(validTo)).toEqual(new Date("2100-01-01T00:00:00Z"));
  });
});

describe("somebody who has the CA's key", () => {
  it.each([
    ["another name", "DNS:example.com", "example.com"],
    ["an address", "IP:127.0.0.1", "127.0.0.1"],
    ["a provider's name and another", "DNS:api.openai.com,DNS:example.com", "api.openai.com"],
  ])("can't vouch for %s: Node refuses it", async (_what, alternatives, name) => {
    const forged = await sign(alternatives);
    const other = createTlsServer({ cert: forged.certificate, key: forged.key }, (_request, response) =>
      response.end(),
    );
    const at = await listen(other, 0, "127.0.0.1");
    try {
      const asked = name === "127.0.0.1" ? "" : name;
      await expect(post(asked, { host: name, port: at.port })).rejects.toThrow(
        /permitted subtree|excluded subtree/i,
      );
    } finally {
      await close(other, 0);
    }
  });
  it("can vouch for a provider's name, which shows that the others are refused for their names", async () => {
    const good = await sign("DNS:api.openai.com");
    const other = createTlsServer({ cert: good.certificate, key: good.key }, (_request, response) =>
      response.end(),
    );
    const at = await listen(other, 0, "127.0.0.1");
    expect(await post("api.openai.com", { port: at.port })).toBe(200);
    await close(other, 0);
  });
});

/** A certificate for any names, by openssl with the CA's own key. */
async function sign(alternatives: string): Promise<Certified> {
  const folder = await mkdtemp(join(tmpdir(), "berth-forged-"));
  const openssl = (...args: string[]) => promisify(execFile)("openssl", args, { cwd: folder });
  try {
    await writeFile(join(folder, "ca.pem"), authority.certificate);
    await writeFile(join(folder, "ca-key.pem"), authority.key);
    await writeFile(
      join(folder, "extensions"),
      `subjectAltName=${alternatives}\nextendedKeyUsage=serverAuth\n`,
    );
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "key.pem"];
    await openssl("req", ...key, "-out", "request.pem", "-subj", "/O=somebody");
    const by = [
      "-CA",
      "ca.pem",
      "-CAkey",
      "ca-key.pem",
      "-set_serial",
      "7",
      "-days",
      "2",
      "-extfile",
      "extensions",
    ];
    const { stdout: certificate } = await openssl("x509", "-req", "-in", "request.pem", ...by);
    const { stdout: plain } = await openssl("pkey", "-in", "key.pem");
    return { certificate, key: plain };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
