import { expect, it } from "vitest";
import { ecsConfig } from "../../../infra/aws/stack-config.ts";
import type { DeploymentFacts } from "../../../infra/target.ts";
import { FOUNDATION } from "../../support/foundation.ts";

it("a task that was to reach the model gateway by names is refused before its secrets go anywhere", async () => {
  const deployment = {
    deploymentId: crypto.randomUUID(),
    operationId: null,
    reveal: () => ({ assistant: { modelProvider: "xai", modelGateway: { form: "names" } }, secrets: {} }),
  } as unknown as DeploymentFacts;
  await expect(ecsConfig(FOUNDATION, deployment)).rejects.toThrow("set BERTH_GATEWAY_URL");
});
