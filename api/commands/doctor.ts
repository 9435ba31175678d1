// `npm run -s berth -- doctor`: names the parts in use, then has the running server check its deployments.
import type { z } from "zod";
import { hostRulesFinding } from "../../infra/docker/host-rules/host-rules.ts";
import { counted } from "../../infra/sentences.ts";
import { needsOf, targetsOf } from "../../infra/targets.ts";
import { setUp } from "../../infra/toolchain/setup.ts";
import type { Config } from "../config/config.ts";
import type { Examination } from "../contract/doctor.ts";
import { VERSION } from "../contract/version.ts";
import { callForAll, callServer } from "./running-server.ts";

type Examined = z.infer<typeof Examination>;

const PAGE = 100;

/**
 * Exit code 1 if anything is wrong; warnings alone are none.
 * @param id of one deployment; all if absent
 * @param rehearses whether the server rehearses an operation first
 * @throws Error when no server answers, after the parts were named
 */
export async function doctor(
  config: Config,
  id: string | undefined,
  { form, rehearses }: { readonly form: "json" | "text"; readonly rehearses: boolean },
): Promise<void> {
  const parts = await partsInUse(config);
  if (form === "text") for (const part of parts) console.log(part);
  const asked = id === undefined ? `limit=${PAGE}` : `deployment=${encodeURIComponent(id)}`;
  if (rehearses) await callServer(config, "GET", "/api/v1/doctor?limit=1&rehearse=true");
  const examined = await callForAll<Examined>(config, `/api/v1/doctor?${asked}`);
  const host = await hostFinding(config);
  if (form === "json")
    console.log(JSON.stringify({ version: VERSION, parts, host, ...summary(examined), examined }, null, 2));
  else {
    if (host) console.log(`error host host-rules: ${host}`);
    print(examined);
  }
  const isWrong =
    host !== null || examined.some(({ findings }) => findings.some(({ severity }) => severity === "error"));
  if (isWrong) process.exitCode = 1;
}

/** The server may run elsewhere, or without the rights to look at the firewall: this process looks itself. */
async function hostFinding({ places, stacks }: Config): Promise<string | null> {
  const isHost = needsOf(targetsOf(places)).dockerEngine && stacks.hostRules !== "leave";
  if (!isHost) return null;
  return (await hostRulesFinding(stacks.gatewayPort)) ?? null;
}

function print(examined: readonly Examined[]): void {
  for (const { deploymentId, account, findings } of examined) {
    const whose = deploymentId === null ? "installation" : `${deploymentId} (${account})`;
    for (const { check, severity, message, advice } of findings)
      console.log(`${severity} ${whose} ${check}: ${message} → ${advice}`);
  }
  const gaps = Map.groupBy(
    examined.flatMap(({ unchecked }) => unchecked),
    (text) => text,
  );
  for (const [text, all] of gaps) console.log(`not checked for ${all.length}: ${text}`);
  const { deployments, checks, findings } = summary(examined);
  console.log(
    `${counted(deployments, "deployment")}, ${counted(checks, "check")}, ${counted(findings, "finding")}`,
  );
}

function summary(examined: readonly Examined[]) {
  const sum = (of: (examination: Examined) => number) =>
    examined.reduce((total, examination) => total + of(examination), 0);
  return {
    deployments: examined.filter(({ deploymentId }) => deploymentId !== null).length,
    checks: sum(({ checks }) => checks),
    findings: sum(({ findings }) => findings.length),
  };
}

/** The parts in use, a line each. */
async function partsInUse(config: Config): Promise<string[]> {
  const needs = needsOf(targetsOf(config.places));
  let engine = "";
  const onNoEngine = ({ message }: Error) => {
    engine = `docker engine: none. ${message.split("\n")[0]}`;
  };
  const { pulumi, plugins, docker } = await setUp({ environment: config.environment, needs, onNoEngine });
  const aws = config.aws.map(async ({ region }) => {
    const { assertAwsAnswers } = await import("../../infra/aws/account.ts");
    return `aws ${region}, account ${await assertAwsAnswers(region)}`;
  });
  return [
    `berth ${VERSION}`,
    `pulumi ${pulumi.version} (${pulumi.origin}): ${pulumi.path}`,
    ...plugins.map(({ name, origin, path }) => `plugin ${name} (${origin}): ${path}`),
    ...(docker ? [`docker engine ${docker.version} (${docker.origin})`] : []),
    ...(engine ? [engine] : []),
    ...(await Promise.all(aws)),
    `assistant image ${config.stacks.assistantImage}`,
    `data folder ${config.stacks.dataDir}, state ${config.stacks.backendUrl}`,
  ];
}
