// Calls for the operator about the installation as a whole: accounts, payments, and what it runs on.
import { z } from "zod";
import { DISK_USES } from "../../stacks/doctor/facts.ts";
import { STATUSES } from "../../stacks/lifecycle.ts";
import { PAYMENT_STANDINGS } from "../../stacks/payments/listing.ts";
import { HOST_RULES } from "../../stacks/settings.ts";
import { type ApiCall, data, named, pageOf } from "./call.ts";
import { accountName, ListQuery } from "./requests.ts";

const PAYMENTS = "/api/v1/payments";

export const AccountsQuery = z.strictObject({
  ...ListQuery.shape,
  search: z
    .string()
    .max(100)
    .regex(/^[^\0]*$/, "must not have the character U+0000")
    .transform((text) => text.trim() || undefined)
    .optional()
    .describe("A part of the name."),
});

export const PaymentTotalsQuery = z.strictObject({ account: accountName.optional() });

export const PaymentsQuery = z.strictObject({
  ...ListQuery.shape,
  ...PaymentTotalsQuery.shape,
  standing: z.enum(PAYMENT_STANDINGS).optional(),
});

const moment = z.date();

export const Account = named(
  "Account",
  z.strictObject({
    accountId: z.uuid(),
    account: z.string().describe("Its name."),
    deployments: z.int().describe("Without the deleted ones."),
    active: z.int(),
    keys: z.int().describe("That work now."),
    lastUsedAt: moment.nullable().describe("The latest use of a key."),
    usd: z
      .number()
      .describe("What its assistants have spent on models this month (UTC), deleted ones included."),
    createdAt: moment,
  }),
);

export const Payment = named(
  "Payment",
  z.strictObject({
    deploymentId: z.uuid(),
    account: z.string(),
    name: z.string().nullable(),
    status: z.enum(STATUSES),
    apiMode: z.enum(["byok", "managed", "unlimited"]),
    standing: z
      .enum(PAYMENT_STANDINGS)
      .describe("`lapsed`: nobody pays any more, and it is not suspended, or not yet."),
    payment: z
      .enum(["open", "paid", "revoked", "refunded"])
      .describe("What the provider said last. A simulated payment leaves it `open`."),
    paymentAt: moment.nullable().describe("When that was, by the provider's clock."),
    endedAt: moment.nullable().describe("Since when nobody pays."),
    keptUntil: moment.nullable().describe("When it is deleted unless somebody pays; null for what is paid."),
    hasSubscription: z.boolean(),
    notice: z.string().nullable().describe("The provider's latest event, e.g. `subscription.canceled`."),
    createdAt: moment,
  }),
);

export const PaymentTotals = named(
  "PaymentTotals",
  z.strictObject({
    total: z.int(),
    byStanding: z.strictObject({
      unpaid: z.int(),
      paid: z.int(),
      lapsed: z.int(),
      suspended: z.int(),
    } satisfies Record<(typeof PAYMENT_STANDINGS)[number], z.ZodInt>),
  }),
  "How many deployments there are of each standing, without the deleted ones.",
);

const Part = z.strictObject({
  name: z.string(),
  version: z.string().nullable(),
  origin: z.enum(["official", "stand-in"]).nullable().describe("Of a plugin of Pulumi's."),
  path: z.string().nullable(),
});

const Host = z.strictObject({
  name: z.string(),
  region: z.string().nullable(),
  engine: z.string(),
  operatingSystem: z.string(),
  cpus: z.number(),
  memoryBytes: z.number(),
});

const Disk = z.strictObject({
  of: z.enum(DISK_USES),
  path: z.string().nullable(),
  freeBytes: z.number(),
  sizeBytes: z.number(),
  seenAt: z.iso.datetime().describe("That of the assistants' data: when any of it was measured last."),
});

export const InstallationFacts = named(
  "Installation",
  z.strictObject({
    version: z.string().describe("Of Berth."),
    target: z.string(),
    assistantImage: z.string(),
    dataDir: z.string(),
    stateBackend: z.string().describe("Where Pulumi's state is, without a password."),
    database: z.enum(["PGlite", "PostgreSQL"]),
    payments: z.enum(["simulated", "polar"]),
    parts: z.array(Part),
    hosts: z.array(Host).describe("That assistants run on; none where they are the provider's."),
    silentHosts: z.int().describe("How many places did not answer now."),
    disks: z.array(Disk),
    hostRules: z
      .strictObject({
        mode: z.enum(HOST_RULES),
        finding: z
          .string()
          .nullable()
          .describe("What is wrong with them; null if they are in place, or left alone."),
      })
      .nullable()
      .describe("Of this host's firewall; null on a target without them."),
    readiness: z.array(
      z.strictObject({
        part: z.string(),
        isReady: z.boolean(),
        reason: z.string().nullable().describe("Why it is away."),
      }),
    ),
    modelGateway: z
      .strictObject({
        reach: z.enum(["names", "url"]),
        hasCustomersKeys: z.boolean().describe("Whether customers' own keys stay out of assistants, too."),
      })
      .nullable()
      .describe("Null where assistants have their models' keys themselves."),
  }),
  "What the process that answers runs on.",
);

export const OPERATOR_CALLS = {
  listAccounts: {
    method: "get",
    path: "/api/v1/accounts",
    tag: "Fleet",
    summary: "The operator: all accounts, newest first, by pages.",
    query: AccountsQuery,
    answers: { 200: pageOf(Account) },
    errors: [],
  },
  listPayments: {
    method: "get",
    path: PAYMENTS,
    tag: "Payments",
    summary: "The operator: how everybody's deployments are paid, newest first, by pages.",
    query: PaymentsQuery,
    answers: { 200: pageOf(Payment) },
    errors: ["NOT_FOUND"],
  },
  paymentTotals: {
    method: "get",
    path: `${PAYMENTS}/totals`,
    tag: "Payments",
    summary: "The operator: how many deployments of all accounts are paid, and how many are not.",
    query: PaymentTotalsQuery,
    answers: { 200: data(PaymentTotals) },
    errors: ["NOT_FOUND"],
  },
  showInstallation: {
    method: "get",
    path: "/api/v1/installation",
    tag: "Server",
    summary: "The operator: what Berth runs on: parts, hosts, disks, the host's rules, and what is away.",
    answers: { 200: data(InstallationFacts) },
    errors: [],
  },
} as const satisfies Record<string, ApiCall>;
