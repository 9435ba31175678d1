// One client must not take all connections. Each address has a share of them, an IPv6 customer one for its /64. The
// connections of a trusted proxy are many clients': there the calls are counted that are being answered, by their client.
import { BlockList, isIP, type Socket } from "node:net";
import type { RequestHandler } from "express";
import { counted } from "../../infra/sentences.ts";
import { BerthError } from "../../stacks/errors.ts";
import { addressGroup } from "./rate-limits.ts";

const RETRY_AFTER_SECONDS = "1";

/** How much of something each address has. */
class Shares {
  readonly #most: number;
  readonly #taken = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /** @returns what gives it back; undefined if the address has all of its share */
  take(address: string | undefined): (() => void) | undefined {
    const group = addressGroup(address);
    const taken = this.#taken.get(group) ?? 0;
    if (taken >= this.#most) return undefined;
    this.#taken.set(group, taken + 1);
    return () => {
      const left = (this.#taken.get(group) ?? 1) - 1;
      if (left > 0) this.#taken.set(group, left);
      else this.#taken.delete(group);
    };
  }
}

/**
 * A listener of a server's "connection": closes what is beyond its address's share, unanswered.
 * @param proxies addresses and ranges whose connections are not counted
 */
export function shareConnections(most: number, proxies: readonly string[]): (socket: Socket) => void {
  const shares = new Shares(most);
  const trusted = listOf(proxies);
  return (socket) => {
    const { remoteAddress = "" } = socket;
    if (isIP(remoteAddress) && trusted.check(remoteAddress, familyOf(remoteAddress))) return;
    const giveBack = shares.take(remoteAddress);
    if (giveBack) socket.once("close", giveBack);
    else socket.destroy();
  };
}

/** Refuses calls of an address that has as many being answered already as it may have connections. */
export function shareAnswers(most: number): RequestHandler {
  const shares = new Shares(most);
  return ({ ip }, response, next) => {
    const giveBack = shares.take(ip);
    if (!giveBack) {
      response.set("Retry-After", RETRY_AFTER_SECONDS);
      throw new BerthError(
        "RATE_LIMITED",
        `Your address has ${counted(most, "call")} under way, as many as it may have. Nothing was changed; try again in a moment.`,
      );
    }
    response.once("close", giveBack);
    next();
  };
}

function listOf(proxies: readonly string[]): BlockList {
  const list = new BlockList();
  for (const proxy of proxies) {
    const [address = "", bits] = proxy.split("/");
    if (bits === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(bits), familyOf(address));
  }
  return list;
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 4 ? "ipv4" : "ipv6";
}
