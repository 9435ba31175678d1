import type { RequestHandler } from "express";
import type { z } from "zod";
import type { Database } from "../../stacks/database/database.ts";
import { readDisks, readHostRules, readHosts } from "../../stacks/doctor/facts.ts";
import type { Payments } from "../../stacks/payments/payments.ts";
import type { StackSettings } from "../../stacks/settings.ts";
import type { Tools } from "../config/child-environment.ts";
import type { InstallationFacts } from "../contract/operator.ts";
import { VERSION } from "../contract/version.ts";
import { requireOperator } from "../middleware/account-access.ts";
import { callerOf } from "../middleware/caller.ts";
import { SharedReads } from "../middleware/shared-reads.ts";
import type { Readiness } from "./health.ts";

export interface InstallationParts {
  readonly database: Database;
  readonly settings: StackSettings;
  readonly payments: Payments;
  readonly readiness: Readiness;
  readonly tools: Pick<Tools, "pulumi" | "plugins">;
}

type Facts = z.infer<typeof InstallationFacts>;

/** GET /installation. Calls at the same time share one look. */
export function installation(parts: InstallationParts): RequestHandler {
  const reads = new SharedReads<Facts>();
  return async (_request, response) => {
    requireOperator(callerOf(response), "see what the installation runs on");
    response.json({ data: await reads.get("all", () => factsOf(parts)) });
  };
}

async function factsOf(parts: InstallationParts): Promise<Facts> {
  const { database, settings, payments, tools } = parts;
  const [{ hosts, silent }, disks, hostRules, readiness] = await Promise.all([
    readHosts(settings),
    readDisks(database.sql, settings),
    readHostRules(settings),
    readinessReasons(parts.readiness),
  ]);
  return {
    version: VERSION,
    target: settings.target,
    assistantImage: settings.assistantImage,
    dataDir: settings.dataDir,
    stateBackend: withoutPassword(settings.backendUrl),
    database: database.kind === "pglite" ? "PGlite" : "PostgreSQL",
    payments: payments.kind,
    parts: partsInUse(tools),
    hosts: [...hosts],
    silentHosts: silent.length,
    disks,
    hostRules: hostRules ?? null,
    readiness,
    modelGateway: gatewayView(settings),
  };
}

function partsInUse({ pulumi, plugins }: InstallationParts["tools"]): Facts["parts"] {
  return [
    { name: "Node", version: process.versions.node, origin: null, path: process.execPath },
    { name: "Pulumi", version: pulumi.version, origin: null, path: pulumi.path },
    ...plugins.map(({ name, origin }) => ({ name: `plugin ${name}`, version: null, origin, path: null })),
  ];
}

function gatewayView({ modelGateway }: StackSettings): Facts["modelGateway"] {
  if (!modelGateway) return null;
  return { reach: modelGateway.reach.form, hasCustomersKeys: modelGateway.byok };
}

/** As /readyz, and why: for the operator alone. */
async function readinessReasons(checks: Readiness): Promise<Facts["readiness"]> {
  const asked = Object.entries(checks).map(async ([part, check]) =>
    check().then(
      () => ({ part, isReady: true, reason: null }),
      (error: Error) => ({ part, isReady: false, reason: error.message }),
    ),
  );
  return Promise.all(asked);
}

/** Nor has it a query, in which there may be another secret. */
function withoutPassword(backendUrl: string): string {
  const { protocol, host, pathname } = new URL(backendUrl);
  return `${protocol}//${host}${pathname}`;
}
