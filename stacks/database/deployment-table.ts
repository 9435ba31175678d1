// The row of a deployment, and the JSON in its columns. Types only, but for the states of a channel.
import type { ColumnType } from "kysely";
import type { Measurement } from "../../infra/found.ts";
import type { Cause } from "../causes.ts";
import type { PaymentState, Status } from "../lifecycle.ts";
import type { ApiMode, ModelLimits } from "../settings.ts";

export type Json<T> = ColumnType<T | null, string | null, string | null>;
export type Timestamp = ColumnType<Date, Date | undefined, Date>;
type Moment = ColumnType<Date | null, Date | undefined, Date | null>;
type Due = ColumnType<Date | null, undefined, Date | null>;

export interface DeploymentTable extends ImageColumns, WatchedColumns {
  id: string;
  account_id: string;
  status: Status;
  api_mode: ApiMode;
  /** Name of the target that it lives on; null for one that was bought before this was kept and has nothing anywhere yet. */
  target: ColumnType<string | null, string | null | undefined, string>;
  /** Of AWS; null elsewhere, and for one that was bought before this was kept and has no volume yet. */
  region: ColumnType<string | null, string | null | undefined, string | null>;
  /** What a move to where it lives has left to be done; null unless one was begun that has not ended. */
  moving: ColumnType<Moving | null, undefined, string | null>;
  /** Its id at the server of the checkout: Berth itself, or Polar. */
  checkout_id: string;
  /** Where the payment provider serves it; null once it is paid, or if Berth serves it. */
  checkout_url: string | null;
  checkout_expires_at: Moment;
  /** The order that was paid by the latest checkout, and the subscription that came of it, by the provider's names. */
  order_id: string | null;
  subscription_id: string | null;
  /** What the provider said last, when that was by its own clock, and when Berth last heard of it. */
  payment: ColumnType<PaymentState, PaymentState | undefined, PaymentState>;
  payment_at: Moment;
  payment_asked_at: Moment;
  /** Since when, by Berth's clock, nobody pays: the data is kept for so long and no longer. */
  payment_ended_at: Moment;
  /** The status to go back to when somebody pays again. */
  suspended_from: "purchased" | "active" | "stopped" | null;
  name: string | null;
  model_provider: string | null;
  model_id: string | null;
  /** Of the server of model_provider `openai-compatible`; null for every other. */
  base_url: string | null;
  /** Models that answer in its place, in this order; null for one that never had any. */
  fallback_models: ColumnType<string[] | null, string | null | undefined, string | null>;
  /**
   * The Telegram bot that it drives, from activate or redeploy to stop or delete: nobody else may drive the same. Null
   * while none of its containers can run, and for one that runs with a bot that another had first, or has proven its own.
   */
  bot_id: string | null;
  /** When Telegram has accepted its token for that bot; null with bot_id, and until it has. */
  bot_proven_at: Moment;
  /** Telegram users who are answered without pairing. */
  allow_from: ColumnType<string[], string | undefined, string>;
  callback_url: string | null;
  /** Sealed by SecretBox, as is the one before the latest rotation, which signs as well until then. */
  callback_secret: string | null;
  callback_secret_before: string | null;
  callback_secret_before_until: Date | null;
  /** When the receiver asked for no more (410); a new callback URL clears it. */
  callback_disabled_at: Date | null;
  /** Sealed by SecretBox, as are the three below. */
  telegram_bot_token: string | null;
  model_api_key: string | null;
  gateway_token: string | null;
  /** What the assistant shows to the model gateway in place of a key; sealed. Null for one that has the key itself. */
  model_token: string | null;
  /** What its customer has set below the operator's own limits. */
  model_limits: Json<ModelLimits>;
  /** Place in the ranges of host ports and subnets, kept for the deployment's life. */
  address: number | null;
  stack_exists: ColumnType<boolean, boolean | undefined, boolean>;
  /** What the stack last reported. */
  outputs: Json<Record<string, unknown>>;
  /** Until when the assistant of a paid slot may wait for its activation; means nothing once that was asked for. */
  preboot_until: Due;
  /** Where its data is, on a target that restores into a fresh place; null until the first restore. Deleted with the deployment. */
  data_volume: ColumnType<string | null, undefined, string | null>;
  /** What the engine was last seen to hold, where that is not what the record says. */
  seen: Json<Seen>;
  /** What an active assistant last said of itself, where that is not that it is ready. */
  warning: Json<Warning>;
  /** What its latest redeploy, or whatever brought it up, has remarked. */
  remark: Json<Remark>;
  /** The latest operation. */
  operation_id: string | null;
  created_at: Timestamp;
  updated_at: Timestamp;
}

/** Of its image. */
interface ImageColumns {
  /** The reference that was asked for; null for the installation's. */
  image: string | null;
  /** What the assistant was brought up with last, and what its data belongs to: means the same for ever. */
  pinned_image: string | null;
  /** The image that it could not be upgraded to, until it could. */
  rolled_back_from: string | null;
  unfinished_upgrade: ColumnType<UnfinishedUpgrade | null, undefined, string | null>;
  /** The status in which the call was accepted whose operation is the latest; null before there was one. */
  status_before: ColumnType<Status | null, undefined, Status | null>;
}

/** There from the moment at which another image may have touched the data until that is known to be well, or undone. */
interface UnfinishedUpgrade {
  /** Null once its undoing has begun. */
  readonly to: string | null;
  /** The data as it was before. */
  readonly backupId: string;
  readonly operationId: string;
}

/** There from the moment at which the stack is that of another place until nothing is left at the former one. */
export interface Moving {
  /**
   * `carrying`: no assistant can have run at the new place. `starting`: one may have. `returning`: the new place is being
   * cleared, and the former one is in force. `arrived`: what is left at the former place is to go.
   */
  readonly phase: "carrying" | "starting" | "returning" | "arrived";
  readonly from: FormerPlace;
  /** What was backed up at the former place; null if there was nothing. */
  readonly backupId: string | null;
  readonly operationId: string;
}

/** As the record was at the place that a deployment leaves. */
export interface FormerPlace {
  readonly target: string;
  readonly region: string | null;
  readonly dataVolume: string | null;
  readonly pinnedImage: string | null;
  readonly outputs: Record<string, unknown> | null;
}

/** Of its assistant's conversations, model and data, as those who watch them have found it. */
interface WatchedColumns {
  /** What it was last seen to do with messages; null until it was asked. */
  conversation: Json<Conversation>;
  /** Why messages come and answers do not. */
  conversation_warning: Json<Warning>;
  /** What its model's provider last said of key and model, where that is not that it takes them. */
  model_warning: Json<Warning>;
  /** When it is asked next; null for at once. */
  model_check_at: Due;
  /** Which limit of its models is near, or reached. */
  limit_warning: Json<Warning>;
  /** How much room its data was last found to take, and what of its limit follows from that; null until it was measured. */
  state_use: Json<StateUse>;
  /** What is wrong with that while it is active. */
  state_warning: Json<Warning>;
  /** When its data is measured next; null for at once. */
  state_check_at: Due;
}

/** How the engine was found to differ from what was asked for. */
export interface Seen {
  readonly state: "missing" | "ended" | "restarting" | "paused" | "changed" | "unexpected" | "unknown";
  readonly detail: string;
  /** ISO 8601. */
  readonly since: string;
}

/** What was found, before it is known since when. */
export type Difference = Omit<Seen, "since">;

/** What does not work of an assistant that runs. */
export interface Warning {
  readonly cause: Cause;
  /** ISO 8601. */
  readonly since: string;
}

/** What an operation has found, and gone on in spite of. */
export interface Remark extends Warning {
  readonly operationId: string;
}

/** `polling`: Telegram hands it messages. `refused`: Telegram does not. `unreachable`: it can't reach Telegram. */
export const CHANNEL_STATES = ["polling", "refused", "unreachable"] as const;
type ChannelState = (typeof CHANNEL_STATES)[number];

/** Times are ISO 8601. */
export interface Conversation {
  /** Null until the assistant has tried to reach Telegram. */
  readonly channel: { readonly state: ChannelState; readonly since: string } | null;
  /** Of somebody who is let in. */
  readonly lastMessageAt: string | null;
  readonly lastAnswerAt: string | null;
  /** A sentence. */
  readonly lastError: string | null;
  readonly lastErrorAt: string | null;
}

/** The last measurement, and what has to be remembered beyond it. */
export interface StateUse extends Measurement {
  /** ISO 8601. */
  readonly measuredAt: string;
  /** The operation that has brought the assistant up. */
  readonly broughtUpBy: string | null;
  /** ISO 8601; null unless it was brought up with more than the limit, and since it was stopped for that. */
  readonly toleratedUntil: string | null;
  /** Once beyond the limit, and until within it again: how large it may be in the time that it is given. */
  readonly ceilingBytes: number | null;
  /** While it can't be measured, and counts as too much: what the disk had left when that began. */
  readonly unmeasuredSince?: { readonly freeBytes: number };
}
