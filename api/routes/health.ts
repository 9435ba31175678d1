import { access, constants } from "node:fs/promises";
import type { RequestHandler } from "express";
import { sql as raw } from "kysely";
import type { z } from "zod";
import { openTarget } from "../../infra/targets.ts";
import type { Installation } from "../../stacks/installation.ts";
import { isAnyAlive } from "../../stacks/usage/alive.ts";
import type * as answers from "../contract/answers.ts";
import { VERSION } from "../contract/version.ts";
import { SharedReads } from "../middleware/shared-reads.ts";

const ENGINE_TIMEOUT_MS = 5_000;

/** Each part's name and a check that throws when it is away. */
export type Readiness = Readonly<Record<string, () => Promise<void>>>;

type Ready = z.infer<typeof answers.Ready>;

/** GET /healthz */
export const live: RequestHandler = (_request, response) => {
  const answer: z.infer<typeof answers.Live> = { ok: true, status: "live", version: VERSION };
  response.json(answer);
};

/** GET /readyz: 503 while a part is away. Needs no key: calls at the same time share one look. */
export function ready(checks: Readiness): RequestHandler {
  const reads = new SharedReads<Ready["parts"]>();
  return async (_request, response) => {
    const parts = await reads.get("all", () => ask(checks));
    const ok = Object.values(parts).every((state) => state === "ok");
    const answer: Ready = { ok, parts };
    response.status(ok ? 200 : 503).json(answer);
  };
}

/** The checks of an installation. */
export function readinessOf(
  { sql, settings, rehearsal }: Pick<Installation, "sql" | "settings" | "rehearsal">,
  pulumiPath: string,
): Readiness {
  return {
    database: async () => void (await raw`select 1`.execute(sql)),
    engine: async () => {
      // With one region away, those of the others are still looked after.
      await Promise.any(
        settings.places.map(async (place) => (await openTarget(place)).assertAnswers(ENGINE_TIMEOUT_MS)),
      );
    },
    rehearsal: async () => {
      if (rehearsal.problem !== undefined) throw new Error(rehearsal.problem);
    },
    ...(settings.modelGateway && {
      gateway: async () => {
        if (!(await isAnyAlive(sql))) throw new Error("No model gateway lives.");
      },
    }),
    pulumi: () => access(pulumiPath, constants.X_OK),
  };
}

async function ask(checks: Readiness): Promise<Ready["parts"]> {
  const names = Object.entries(checks).map(async ([name, check]) => {
    const state = await check().then(
      () => "ok" as const,
      () => "away" as const,
    );
    return [name, state] as const;
  });
  return Object.fromEntries(await Promise.all(names));
}
