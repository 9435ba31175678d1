// The model gateway's access to the database: every request is on record before it is sent, and counted once it has ended.
// Requests that come while a transaction runs are booked together by the next one.
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { v7 as uuidv7 } from "uuid";
import type { ModelProvider } from "../../infra/assistant/openclaw.ts";
import type {
  Admitted,
  ModelAccess,
  ModelOutcome,
  ModelRequest,
  Refusal,
} from "../../infra/gateway/access.ts";
import type { Sql } from "../database/database.ts";
import { operatorsKey } from "../deployments/model-key.ts";
import { secretContext } from "../deployments/secret-columns.ts";
import type { Secret, SecretBox } from "../secret.ts";
import type { StackSettings } from "../settings.ts";
import { type Ask, book, type Settlement } from "./booking.ts";
import { Contact } from "./contact.ts";
import type { Decision, Judging, Permission } from "./decide.ts";
import { RequestJournal } from "./journal.ts";
import { recordSilence } from "./silence.ts";
import { readStanding } from "./standing.ts";
import { hashOfToken } from "./tokens.ts";
import { UNCOUNTED, UnderWay } from "./under-way.ts";
import { WhileAway } from "./while-away.ts";

const MOST_AT_ONCE = 250;
/** What has only ended may wait for more of its kind. */
const SETTLED_WITHIN_MS = 50;
const AGAIN_AFTER_MS = 500;
const KNOWN_FOR_MS = 30_000;
const MOST_KNOWN = 20_000;
const NO_TOKEN: Refusal = { status: 401, message: "This is not, or no longer, the token of an assistant." };
const NO_KEY: Refusal = {
  status: 503,
  message: "The model key of this assistant can't be read any more. PATCH modelApiKey.",
};
/** Answers of whole gateways that could not be written down; what is beyond is refused before it is sent. */
const MOST_UNWRITTEN = 50_000;

export interface LedgerParts {
  readonly sql: Sql;
  readonly box: SecretBox;
  readonly settings: Pick<StackSettings, "modelKeys" | "modelLimits" | "dataDir">;
  readonly log: Logger;
}

/** Of a request that was never sent. */
const NOTHING_USED: ModelOutcome = {
  status: null,
  usage: { input: 0, cachedInput: 0, cacheWrites: 0, output: 0 },
  microdollars: 0,
  durationMs: 0,
};

interface Waiting extends Ask {
  readonly resolve: (decision: Decision) => void;
  readonly reject: (error: unknown) => void;
}

export class ModelLedger implements ModelAccess {
  /** Of this process, for the rows of what it has sent. */
  readonly gatewayId = crypto.randomUUID();
  readonly #parts: LedgerParts;
  /** By what it decides. */
  readonly judging: Judging;
  readonly #underWay = new UnderWay();
  readonly #contact = new Contact();
  readonly #known = new Map<string, number>();
  readonly #away: WhileAway;
  #asks: Waiting[] = [];
  #settlements: Settlement[] = [];
  #working: Promise<void> | undefined;
  #booking: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(parts: LedgerParts) {
    this.#parts = parts;
    const { modelKeys, modelLimits, dataDir } = parts.settings;
    const hasKey: Judging["hasKey"] = (provider) => operatorsKey(modelKeys, provider) !== undefined;
    this.judging = { gatewayId: this.gatewayId, limits: modelLimits, hasKey };
    this.#away = new WhileAway(this.judging, new RequestJournal(dataDir, this.gatewayId), this.#contact);
  }

  /** A token that was known a moment ago is believed to be still known: admit looks again. */
  async recognize(token: string): Promise<Refusal | undefined> {
    const hash = hashOfToken(token);
    if (hash === undefined) return NO_TOKEN;
    if ((this.#known.get(hash) ?? 0) > performance.now()) return undefined;
    const looking = this.#parts.sql.selectFrom("model_tokens").select("hash").where("hash", "=", hash);
    const found = await looking.executeTakeFirst().catch((error: unknown) => {
      if (this.#away.knows(hash)) return { hash };
      throw error;
    });
    if (!found) return NO_TOKEN;
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.set(hash, performance.now() + KNOWN_FOR_MS);
    return undefined;
  }

  /** @throws Error while the database is away, and has been for a minute */
  async admit(request: ModelRequest): Promise<Admitted | { readonly refusal: Refusal }> {
    const hash = hashOfToken(request.token);
    if (hash === undefined) return { refusal: NO_TOKEN };
    if (this.#isClosed || this.#settlements.length > MOST_UNWRITTEN) return { refusal: UNCOUNTED };
    const id = uuidv7();
    const decision = await new Promise<Decision>((resolve, reject) => {
      this.#asks.push({ id, hash, request, resolve, reject });
      this.#work();
    });
    return "refusal" in decision ? decision : this.#admitted(id, request, decision);
  }

  /** Ends what may not go on, and forgets who may not ask any more. @throws Error while the database is away */
  async endStopped(): Promise<void> {
    const [ids, hashes] = [this.#underWay.deploymentIds, this.#away.remembered];
    if (ids.size + hashes.length === 0) return;
    const standing = await readStanding(this.#parts.sql, [...ids], hashes);
    this.#contact.heard();
    this.#underWay.endStopped(ids, standing);
    // What it has read may be older than that, and would be remembered again.
    await this.#booking;
    this.#away.renew(hashes, standing);
  }

  /** Ends all once the database has been away for a minute: who was stopped meanwhile would go on. */
  endUnknown(): void {
    if (!this.#contact.holds) this.#underWay.endUnknown();
  }

  /** Writes down what has ended. Nothing is admitted any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#work();
    await this.#working?.finally(() => this.#away.close());
  }

  #admitted(
    id: string,
    { provider, model }: ModelRequest,
    permission: Permission,
  ): Admitted | { readonly refusal: Refusal } {
    const { deploymentId, baseUrl } = permission;
    const key = this.#keyOf(provider, permission);
    if (!key) {
      // It is on record that it was sent.
      this.#settle({ id, outcome: NOTHING_USED });
      return { refusal: NO_KEY };
    }
    const signal = this.#underWay.begin(id, deploymentId, provider);
    const settle = (outcome: ModelOutcome) => {
      this.#underWay.end(id);
      if (model !== null) this.#settle({ id, outcome });
    };
    const silent = (isSilent: boolean) => void this.#recordSilence(id, isSilent);
    return { key: key.reveal(), ...(baseUrl !== null && { baseUrl }), signal, silent, settle };
  }

  /** Undefined for one that was locked with another key than the installation has. */
  #keyOf(provider: ModelProvider, { deploymentId, sealedKey }: Permission): Secret | undefined {
    const { box, settings, log } = this.#parts;
    if (sealedKey === null) return operatorsKey(settings.modelKeys, provider);
    try {
      return box.open(sealedKey, secretContext(deploymentId, "model_api_key"));
    } catch (error) {
      log.error({ err: error, deploymentId }, "a deployment's model key can't be opened");
      return undefined;
    }
  }

  /** Only the status shows it: without the database it is not shown. */
  async #recordSilence(id: string, isSilent: boolean): Promise<void> {
    await recordSilence(this.#parts.sql, id, isSilent).catch((error: unknown) =>
      this.#parts.log.warn({ err: error }, "a request that is not answered could not be recorded"),
    );
  }

  #settle(settlement: Settlement): void {
    this.#settlements.push(settlement);
    if (this.#working) return;
    this.#timer ??= setTimeout(() => this.#work(), SETTLED_WITHIN_MS);
  }

  #work(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#working ??= this.#bookAll().finally(() => {
      this.#working = undefined;
      if (this.#asks.length > 0 || this.#settlements.length > 0) this.#work();
    });
  }

  async #bookAll(): Promise<void> {
    // In the next turn of the event loop: what comes in this one is booked with it.
    await new Promise(setImmediate);
    while (this.#asks.length > 0 || this.#settlements.length > 0) {
      const asks = this.#asks.splice(0, MOST_AT_ONCE);
      const settlements = this.#settlements.splice(0, MOST_AT_ONCE);
      this.#booking = this.#book(asks, settlements);
      await this.#booking;
    }
  }

  async #book(asks: readonly Waiting[], settlements: readonly Settlement[]): Promise<void> {
    const { late } = this.#away;
    try {
      const { decisions, askers } = await book(this.#parts.sql, { asks, settlements, late }, this.judging);
      asks.forEach(({ resolve }, at) => {
        resolve(decisions[at] as Decision);
      });
      await this.#away.answered(askers, late);
    } catch (error) {
      this.#parts.log.error({ err: error }, "requests to models could not be booked");
      await this.#decideAlone(asks, error);
      // What has been used is never forgotten: it is written once the database is back.
      this.#settlements.unshift(...settlements);
      if (this.#isClosed) throw error;
      await sleep(AGAIN_AFTER_MS);
    }
  }

  async #decideAlone(asks: readonly Waiting[], error: unknown): Promise<void> {
    const decisions = await this.#away.decide(asks).catch(() => undefined);
    for (const [at, { id, resolve, reject }] of asks.entries()) {
      const decision = decisions?.[at];
      if (decision) {
        resolve(decision);
        continue;
      }
      reject(error);
      // It may have been recorded in spite of the error.
      this.#settlements.push({ id, outcome: NOTHING_USED });
    }
  }
}
