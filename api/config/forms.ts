// The forms that settings have, each with the words for what is wrong with one.
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import { parseImageReference, parseRepository } from "../../infra/assistant/image-reference.ts";
import type { PinnedHost } from "../../stacks/callbacks/network.ts";
import type { PrivateHosts } from "../../stacks/model-servers/model-servers.ts";
import { Secret } from "../../stacks/secret.ts";

export const port = z.coerce.number().int().min(0).max(65535);
export const key = z
  .string()
  .regex(/^[\x21-\x7e]{8,500}$/, "must be 8 to 500 printable characters without spaces")
  .transform((text) => new Secret(text));
export const accessKey = z.string().regex(/^[\x21-\x7e]{16,256}$/, "must be 16 to 256 visible characters");
/** As for a customer's key: it must fit into an .env file. */
export const modelKey = key.refine(
  (secret) => !/['\\]/.test(secret.reveal()),
  "must not have quotes or backslashes",
);
export const product = z.uuid("must be the id of a product of Polar");
const base = (protocol: RegExp, error: string) =>
  z
    .url({ protocol, error })
    .refine(isBase, "must have no user, password, query or fragment: paths are put behind it")
    .transform((url) => url.replace(/\/+$/, ""));
export const baseUrl = base(/^https?$/, "must be an http:// or https:// URL");
export const httpsBaseUrl = base(/^https$/, "must be an https:// URL");
export const count = z.coerce.number().int().min(0).max(1_000_000_000);

export const image = z
  .string()
  .refine(
    (text) => parseImageReference(text) !== undefined,
    "must be an image reference, e.g. ghcr.io/a/b:1",
  );

/** Whether a path may be put behind it. */
function isBase(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return !/[?#]/.test(text) && username === "" && password === "";
}

/** Comma-separated, without tags. */
export function repositories(text: string, context: z.RefinementCtx): string[] {
  return text.split(",").flatMap((entry) => {
    const repository = parseRepository(entry.trim());
    if (repository !== undefined) return [repository];
    context.addIssue(`${JSON.stringify(entry)} must be a repository without a tag, e.g. ghcr.io/a/b`);
    return [];
  });
}

export function repositoryOf(reference: string): string[] {
  const parsed = parseImageReference(reference);
  return parsed ? [parsed.repository] : [];
}

export function isProxyList(text: string): boolean {
  return text.split(",").every((proxy) => ipaddr.isValid(proxy.trim()) || ipaddr.isValidCIDR(proxy.trim()));
}

/** `host:port:address`, comma-separated, as curl's --resolve takes it. */
export function pinnedHosts(text: string, context: z.RefinementCtx): PinnedHost[] {
  return text.split(",").flatMap((entry) => {
    const [, host = "", port = "", address = ""] = /^([^:]+):(\d+):\[?([^[\]]+)\]?$/.exec(entry.trim()) ?? [];
    const hostname = URL.canParse(`https://${host}`) ? new URL(`https://${host}`).hostname : "";
    if (hostname && Number(port) >= 1 && Number(port) <= 65535 && isIP(address))
      return [{ host: hostname.replace(/\.$/, ""), port: Number(port), address }];
    context.addIssue(`${JSON.stringify(entry)} must be host:port:address, e.g. hooks.example:8443:10.0.0.5`);
    return [];
  });
}

/** Names, addresses and ranges, comma-separated. */
export function privateHosts(text: string, context: z.RefinementCtx): PrivateHosts {
  const names: string[] = [];
  const ranges: string[] = [];
  for (const entry of text.split(",").map((one) => one.trim())) {
    if (ipaddr.isValidCIDR(entry)) ranges.push(entry);
    else if (isIP(entry)) ranges.push(`${entry}/${isIP(entry) === 4 ? 32 : 128}`);
    else if (/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(entry) && !/^[\d.]+$/.test(entry))
      names.push(entry.toLowerCase());
    else
      context.addIssue(
        `${JSON.stringify(entry)} must be a host name, an address or a range, e.g. ollama.example, 10.0.5.0/24`,
      );
  }
  return { names, ranges };
}

export function isPrivateRange(text: string): boolean {
  if (!ipaddr.IPv4.isValidCIDR(text)) return false;
  const [address, prefix] = ipaddr.IPv4.parseCIDR(text);
  return (
    prefix <= 28 &&
    address.range() === "private" &&
    ipaddr.IPv4.broadcastAddressFromCIDR(text).range() === "private"
  );
}
