// The installation's own CA, by which an assistant takes the gateway for the model providers, and the certificates that it
// signs. The CA may vouch for the providers' names and for nothing else; its certificate says so, and OpenSSL checks it.
import { createPrivateKey, KeyObject, webcrypto, X509Certificate } from "node:crypto";
import { Integer, OctetString, Utf8String } from "asn1js";
import {
  AttributeTypeAndValue,
  BasicConstraints,
  Certificate,
  Extension,
  ExtKeyUsage,
  GeneralName,
  GeneralNames,
  GeneralSubtree,
  NameConstraints,
  Time,
} from "pkijs";
import { PROVIDERS } from "./providers.ts";

/** A certificate and its key, both as PEM. */
export interface Certified {
  readonly certificate: string;
  readonly key: string;
}

const CURVE = { name: "ECDSA", namedCurve: "P-256" } as const;
const DAY_MS = 24 * 60 * 60_000;
/** For the CA a fixed time, as it is made once: the clock may have been wrong then. */
const AUTHORITY_VALID = { from: Date.UTC(2020, 0), until: Date.UTC(2100, 0) } as const;
const SERVER_DAYS = 7;
/** A container's clock may be behind. */
const BEFORE_DAYS = 1;
const NAMES = Object.values(PROVIDERS).map(({ host }) => host);

const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
const [DNS_NAME, IP_ADDRESS] = [2, 7] as const;
/** DER of a key's uses: keyCertSign and cRLSign; digitalSignature. */
const [SIGNS_CERTIFICATES, SIGNS] = [Buffer.from("03020106", "hex"), Buffer.from("03020780", "hex")];

/** A new CA. Who has its key can stand between assistants and providers; it is valid for decades. */
export async function createAuthority(): Promise<Certified> {
  const pair = await newPair();
  const name = "Model gateway of a Berth installation";
  const extensions = [
    extension("2.5.29.19", new BasicConstraints({ cA: true, pathLenConstraint: 0 }).toSchema().toBER()),
    extension("2.5.29.15", SIGNS_CERTIFICATES),
    extension("2.5.29.37", new ExtKeyUsage({ keyPurposes: [SERVER_AUTH] }).toSchema().toBER()),
    extension("2.5.29.30", constraints().toSchema().toBER()),
  ];
  return certified({
    pair,
    name,
    issuer: { name, key: pair.privateKey },
    valid: AUTHORITY_VALID,
    extensions,
  });
}

/** A certificate for the providers' names, valid for a week. @throws Error when the authority's PEM is none */
export async function certify(authority: Certified, now = new Date()): Promise<Certified> {
  const [issuer] = /(?<=CN=)[^\n]+/.exec(new X509Certificate(authority.certificate).subject) ?? [];
  const key = createPrivateKey(authority.key).toCryptoKey(CURVE, false, ["sign"]);
  const names = NAMES.map((value) => new GeneralName({ type: DNS_NAME, value }));
  const extensions = [
    extension("2.5.29.19", new BasicConstraints({ cA: false }).toSchema().toBER()),
    extension("2.5.29.15", SIGNS),
    extension("2.5.29.37", new ExtKeyUsage({ keyPurposes: [SERVER_AUTH] }).toSchema().toBER()),
    extension("2.5.29.17", new GeneralNames({ names }).toSchema().toBER()),
  ];
  const name = "Model gateway";
  const pair = await newPair();
  const valid = { from: now.getTime() - BEFORE_DAYS * DAY_MS, until: now.getTime() + SERVER_DAYS * DAY_MS };
  return certified({ pair, name, issuer: { name: issuer ?? "", key }, valid, extensions });
}

/** The providers' names, and no address at all: of addresses that aren't mentioned every one would be allowed. */
function constraints(): NameConstraints {
  const subtree = (base: GeneralName) => new GeneralSubtree({ base });
  const names = NAMES.map((value) => subtree(new GeneralName({ type: DNS_NAME, value })));
  const everything = [8, 32].map((bytes) => {
    const valueHex = Uint8Array.from({ length: bytes }, () => 0).buffer;
    return subtree(new GeneralName({ type: IP_ADDRESS, value: new OctetString({ valueHex }) }));
  });
  return new NameConstraints({ permittedSubtrees: names, excludedSubtrees: everything });
}

interface Wanted {
  readonly pair: webcrypto.CryptoKeyPair;
  readonly name: string;
  readonly issuer: { readonly name: string; readonly key: webcrypto.CryptoKey };
  readonly valid: { readonly from: number; readonly until: number };
  readonly extensions: Extension[];
}

async function certified({ pair, name, issuer, valid, extensions }: Wanted): Promise<Certified> {
  const certificate = new Certificate();
  certificate.version = 2;
  certificate.serialNumber = new Integer({ valueHex: serialNumber() });
  certificate.subject.typesAndValues.push(commonName(name));
  certificate.issuer.typesAndValues.push(commonName(issuer.name));
  certificate.notBefore = time(valid.from);
  certificate.notAfter = time(valid.until);
  certificate.extensions = extensions;
  await certificate.subjectPublicKeyInfo.importKey(pair.publicKey);
  await certificate.sign(issuer.key, "SHA-256");
  const bytes = Buffer.from(certificate.toSchema().toBER());
  return {
    certificate: new X509Certificate(bytes).toString(),
    key: KeyObject.from(pair.privateKey).export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

function newPair(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(CURVE, true, ["sign", "verify"]);
}

/** Positive, as X.509 wants it. */
function serialNumber(): ArrayBuffer {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.buffer;
}

/** From 2050 on, X.509 writes times with four digits of the year. */
function time(at: number): Time {
  const value = new Date(at);
  return new Time({ type: value.getUTCFullYear() < 2050 ? 0 : 1, value });
}

function commonName(value: string): AttributeTypeAndValue {
  return new AttributeTypeAndValue({ type: "2.5.4.3", value: new Utf8String({ value }) });
}

/** All are critical, but for the names. */
function extension(extnID: string, extnValue: ArrayBuffer | Buffer): Extension {
  const bytes = extnValue instanceof ArrayBuffer ? extnValue : Uint8Array.from(extnValue).buffer;
  return new Extension({ extnID, critical: extnID !== "2.5.29.17", extnValue: bytes });
}
