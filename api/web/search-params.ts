// What stands behind the `?` of a page's address, which anybody may have written: what is none of a page's is left out.
import type { AuditFilter } from "./api/account.ts";
import type { Filter } from "./api/deployments.ts";
import type { FleetFilter } from "./api/fleet.ts";
import type { PaymentFilter } from "./api/operator.ts";
import { isStanding } from "./pages/operator/payments/standings.ts";
import { isKeptStatus } from "./parts/state-dot.tsx";

/** Fields, any of which may be left out. */
type Optional<T> = { readonly [field in keyof T]?: T[field] | undefined };

type Params = Record<string, unknown>;

const LONGEST = 100;
const DAY = /^\d{4}-\d\d-\d\d$/;
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function readFilter({ search, status }: Params): Optional<Filter> {
  const states = Array.isArray(status) ? status.filter(isKeptStatus) : [];
  return { ...textOf("search", search), ...(states.length > 0 && { status: states }) };
}

export function readFleetFilter(params: Params): Optional<FleetFilter> {
  return {
    ...readFilter(params),
    ...textOf("account", params.account),
    ...(params.drift === true && { drift: true }),
    ...(params.behind === true && { behind: true }),
  };
}

export function readPaymentFilter({ account, standing }: Params): Optional<PaymentFilter> {
  return { ...textOf("account", account), ...(isStanding(standing) && { standing }) };
}

export function readAuditFilter({ account, kind, outcome, deployment, from, to }: Params): AuditFilter {
  return {
    ...textOf("account", account),
    ...((kind === "read" || kind === "change") && { kind }),
    ...((outcome === "done" || outcome === "refused") && { outcome }),
    ...(isDeploymentId(deployment) && { deployment }),
    ...(isDay(from) && { from }),
    ...(isDay(to) && { to }),
  };
}

export function isDeploymentId(text: unknown): text is string {
  return typeof text === "string" && ID.test(text);
}

/** A short text; nothing if it is something else. */
export function textOf<Name extends string>(name: Name, text: unknown): Optional<Record<Name, string>> {
  const isText = typeof text === "string" && text !== "";
  return (isText ? { [name]: text.slice(0, LONGEST) } : {}) as Optional<Record<Name, string>>;
}

function isDay(text: unknown): text is string {
  return typeof text === "string" && DAY.test(text) && !Number.isNaN(Date.parse(text));
}

/** Where somebody wanted to be who has to sign in first: a page of this origin, however it is written. */
export function readWayBack({ to }: Record<string, unknown>): { to?: string } {
  if (typeof to !== "string" || !to.startsWith("/")) return {};
  return URL.parse(to, ANY_ORIGIN)?.origin === ANY_ORIGIN ? { to } : {};
}

const ANY_ORIGIN = "https://berth.invalid";
