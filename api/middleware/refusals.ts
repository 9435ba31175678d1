// Refusing must not cost more than asking: of many refusals alike, some leave an audit row and a log line.
import type { Request, Response } from "express";
import type { BerthError } from "../../stacks/errors.ts";
import { findCaller } from "./caller.ts";
import { Counts } from "./counts.ts";
import { addressGroup } from "./rate-limits.ts";

const MINUTE_MS = 60_000;
const LEAST_OF_STRANGERS = 30;

export class Refusals {
  readonly #ofStrangers: number;
  readonly #counts = new Counts(MINUTE_MS);

  /** @param wrongKeys calls with a wrong key that an address may make in a minute: each is recorded */
  constructor(wrongKeys: number) {
    this.#ofStrangers = Math.max(LEAST_OF_STRANGERS, wrongKeys);
  }

  /**
   * Whether a refusal is recorded. Calls beyond a limit are: one for each key, or address, and minute. Those of an address
   * without a key that works: as many as it may make with a wrong one. All others are.
   */
  isRecorded({ ip }: Request, response: Response, { code, status }: BerthError): boolean {
    const keyId = findCaller(response)?.keyId;
    const isLimited = code === "RATE_LIMITED";
    if (status >= 500 || (keyId !== undefined && !isLimited)) return true;
    return (
      this.#counts.add(`${isLimited} ${keyId ?? addressGroup(ip)}`) <= (isLimited ? 1 : this.#ofStrangers)
    );
  }
}
