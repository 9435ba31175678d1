// Polar, through its own SDK: creates checkouts, answers what became of them, reads its webhooks. The SDK never tries
// again by itself; the caller decides.
import { PolarClientError, PolarRateLimitError } from "@polar-sh/sdk";
import type { Deployment } from "../deployments/deployments.ts";
import { BerthError } from "../errors.ts";
import { isEnded } from "../lifecycle.ts";
import type { Secret } from "../secret.ts";
import type { Notice } from "./notices.ts";
import { type Checkout, readCheckout, readEvent, readOrder } from "./polar-forms.ts";

const TIMEOUT_SECONDS = 10;
const ENDED_SUBSCRIPTIONS: readonly string[] = ["canceled", "unpaid", "incomplete_expired"];
const PAID_SUBSCRIPTIONS: readonly string[] = ["active", "trialing"];

type Sdk = typeof import("@polar-sh/sdk/2026-10");
type Client = ReturnType<Sdk["createPolar"]>;

export interface PolarSettings {
  readonly accessToken: Secret;
  readonly webhookSecret: Secret;
  /** `production`, `sandbox`, or the base URL of another server. */
  readonly server: string;
  /** Polar's product of each mode that is sold. */
  readonly products: Readonly<Partial<Record<Deployment["api_mode"], string>>>;
}

/** What Polar answered. `isOver`: by that checkout or subscription nobody pays any more. */
export interface Answer {
  readonly notices: readonly Notice[];
  readonly isOver: boolean;
}

const GONE: Answer = { notices: [], isOver: true };

/** Only an installation that uses Polar pays for loading its SDK. */
export async function openPolar(settings: PolarSettings): Promise<Polar> {
  return new Polar(settings, await import("@polar-sh/sdk/2026-10"));
}

export class Polar {
  readonly #settings: PolarSettings;
  readonly #client: Client;
  readonly #webhooks: Sdk["webhooks"];

  constructor(settings: PolarSettings, { createPolar, webhooks }: Sdk) {
    const { server } = settings;
    this.#settings = settings;
    this.#webhooks = webhooks;
    this.#client = createPolar({
      accessToken: settings.accessToken.reveal(),
      timeout: TIMEOUT_SECONDS,
      ...(server === "production" || server === "sandbox" ? { environment: server } : { baseUrl: server }),
    });
  }

  /** Whether slots of this mode have a product. */
  sells(apiMode: Deployment["api_mode"]): boolean {
    return this.#settings.products[apiMode] !== undefined;
  }

  /** @throws BerthError PAYMENT_NOT_CONFIGURED or UNAVAILABLE */
  async createCheckout({ id, api_mode }: Deployment, publicUrl: string): Promise<Checkout> {
    try {
      const made = await this.#client.checkouts.create({
        products: [this.#settings.products[api_mode] ?? ""],
        success_url: `${publicUrl}/checkout/{CHECKOUT_ID}`,
        metadata: { deployment_id: id },
      });
      return readCheckout(made);
    } catch (error) {
      throw refusedCheckout(error);
    }
  }

  /** @throws Error when Polar did not answer, within `timeoutSeconds` for each of two questions. */
  async askCheckout(checkoutId: string, timeoutSeconds = TIMEOUT_SECONDS): Promise<Answer> {
    const timeout = { timeout: timeoutSeconds };
    const checkout = await this.#client.checkouts.get(checkoutId, timeout).catch(undefinedIfGone);
    if (!checkout) return GONE;
    const isOver = checkout.status === "expired" || checkout.status === "failed";
    if (checkout.status !== "succeeded") return { notices: [], isOver };
    const { items } = await this.#client.orders.list({ checkout_id: checkoutId }, timeout);
    return { notices: items.filter(({ paid }) => paid).flatMap(readOrder), isOver };
  }

  /** Whether nobody can pay by that checkout any more. @throws BerthError UNAVAILABLE when Polar did not answer. */
  async isOver(checkoutId: string): Promise<boolean> {
    try {
      return (await this.askCheckout(checkoutId)).isOver;
    } catch (error) {
      throw away(error);
    }
  }

  /**
   * Reports only what is not known already.
   * @throws Error when Polar did not answer.
   */
  async askSubscription(id: string, known: Deployment["payment"]): Promise<Answer> {
    const subscription = await this.#client.subscriptions.get(id).catch(undefinedIfGone);
    if (!subscription) return GONE;
    const { status, current_period_start } = subscription;
    const isOver = ENDED_SUBSCRIPTIONS.includes(status);
    const notice = (says: "paid" | "revoked", at: Date): Answer => ({
      notices: [{ id: `asked ${id} ${at.toISOString()}`, type: status, at, subscriptionId: id, says }],
      isOver,
    });
    if (isOver && !isEnded(known)) return notice("revoked", new Date());
    if (!PAID_SUBSCRIPTIONS.includes(status) || known === "paid") return { notices: [], isOver };
    // A refund leaves the subscription as it is: only a period that began after it is paid again.
    return notice("paid", known === "refunded" ? new Date(current_period_start) : new Date());
  }

  /**
   * Ends a subscription at once; one that has ended already, or isn't known, is as good.
   * @throws Error when Polar did not answer, or refused: its token may lack the scope.
   */
  async endSubscription(id: string): Promise<void> {
    try {
      await this.#client.subscriptions.revoke(id);
    } catch (error) {
      if (!(error instanceof PolarClientError)) throw error;
      const { isOver } = await this.askSubscription(id, "revoked");
      if (!isOver) throw error;
    }
  }

  /**
   * What a webhook says; undefined if it is of no concern to Berth.
   * @throws BerthError INVALID_SIGNATURE or INVALID_REQUEST
   */
  async readWebhook(body: Buffer, headers: Record<string, string>): Promise<Notice | undefined> {
    const { PolarWebhookUnknownTypeError, PolarWebhookVerificationError } = this.#webhooks;
    try {
      // It tries the whole secret as key, as Polar signs, and the Standard Webhooks reading of it; in constant time.
      const secret = this.#settings.webhookSecret.reveal();
      const event = await this.#webhooks.validateEvent(body, headers, secret);
      return readEvent(headers["webhook-id"] ?? "", event);
    } catch (error) {
      if (error instanceof PolarWebhookUnknownTypeError) return undefined;
      if (error instanceof PolarWebhookVerificationError) {
        throw new BerthError(
          "INVALID_SIGNATURE",
          `The webhook was refused: ${error.message}. Nothing was changed.`,
        );
      }
      throw new BerthError("INVALID_REQUEST", "The webhook's body has an unknown form. Nothing was changed.");
    }
  }
}

/** For the operator's log, the error's cause has Polar's own words. */
function refusedCheckout(error: unknown): BerthError {
  if (!(error instanceof PolarClientError) || error instanceof PolarRateLimitError) return away(error);
  const sentence = "The payment provider refused to make a checkout. Nothing was changed;";
  return withCause(
    new BerthError("PAYMENT_NOT_CONFIGURED", `${sentence} ask the operator to check its token and products.`),
    error,
  );
}

function away(error: unknown): BerthError {
  const seconds = error instanceof PolarRateLimitError ? error.retryAfter : null;
  const when = seconds ? `in ${seconds} s` : "in a moment";
  const sentence = `The payment provider is away. Nothing was changed; try again ${when}.`;
  return withCause(new BerthError("UNAVAILABLE", sentence), error);
}

function withCause(error: BerthError, cause: unknown): BerthError {
  error.cause = cause;
  return error;
}

function undefinedIfGone(error: unknown): undefined {
  if (error instanceof PolarClientError && error.statusCode === 404) return undefined;
  throw error;
}
