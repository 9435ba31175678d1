// What the operator's command understands. A command's own code is loaded when it is called, and the settings are read
// then: help and mistakes need neither.
import { Argument, Command, Option } from "commander";
import { MODEL_PROVIDERS } from "../../infra/assistant/openclaw.ts";
import { printFailure } from "../../infra/toolchain/progress.ts";
import type { GivenUpKey } from "../../stacks/keys/rotate.ts";
import type { Config } from "../config/config.ts";
import { VERSION } from "../contract/version.ts";
import type { AdoptOptions } from "./adopt.ts";
import type { UpgradeOptions } from "./upgrade.ts";

type ReadConfig = () => Config;

interface DoctorOptions {
  readonly json?: boolean;
  readonly rehearse?: boolean;
}

const GIVEN_UP_KEYS: readonly GivenUpKey[] = ["secret-key", "backup-key", "passphrase"];

/** @throws CommanderError when it has printed what was asked for, or what is wrong; any other Error of a command */
export function berthProgram(config: ReadConfig): Command {
  const program = new Command("npm run -s berth --")
    .description("The operator's command of this Berth installation.")
    .version(VERSION, "--version", "print the version of Berth")
    .configureOutput({ outputError: (text) => printFailure(text.trim().replace(/^error: /, "")) })
    .exitOverride()
    .enablePositionalOptions();
  addInspection(program, config);
  addAws(program.command("aws").description("what the assistants of an AWS region share"), config);
  addKubernetes(program.command("kubernetes").description("the cluster of the assistants"), config);
  addHost(program.command("host").description("this host's firewall"), config);
  addGateway(program.command("gateway").description("requests of assistants to their models"), config);
  addImage(program, config);
  addUpgrade(program, config);
  addAdopt(program, config);
  addKeys(program.command("keys").description("API keys of accounts"), config);
  return program;
}

function addInspection(program: Command, config: ReadConfig): void {
  program
    .command("env")
    .description("print the exports that make the plain pulumi CLI see this installation's stacks")
    .addHelpText("after", '\nUse it so: eval "$(npm run -s berth -- env)"')
    .action(async () => (await import("./env.ts")).environment(config()));
  program
    .command("doctor")
    .description("name the parts in use, then have the running server check all deployments, or one")
    .argument("[id]", "a deployment's")
    .option("--json", "print the report as JSON")
    .option("--rehearse", "rehearse an operation first, with a throw-away stack")
    .addHelpText("after", "\nIts exit code is 1 if anything is wrong.")
    .action(async (id: string | undefined, { json, rehearse: rehearses = false }: DoctorOptions) =>
      (await import("./doctor.ts")).doctor(config(), id, { form: json ? "json" : "text", rehearses }),
    );
  program
    .command("pay")
    .description("pay for a slot on its simulated checkout page")
    .argument("<id>", "the slot's")
    .action(async (id: string) => (await import("./pay.ts")).pay(config(), id));
  program
    .command("sign-in")
    .description("print a link that signs the operator in, once and within ten minutes")
    .action(async () => (await import("./sign-in.ts")).signIn(config()));
}

function addAws(aws: Command, config: ReadConfig): void {
  const run = async (...args: string[]) => (await import("./aws.ts")).aws(config(), args);
  const described = { up: "make or change it", preview: "show what up would do", destroy: "remove it" };
  for (const [name, description] of Object.entries({ ...described, outputs: "print its parts as JSON" }))
    aws
      .command(name)
      .description(description)
      .argument("[arguments...]", "more of them, for pulumi")
      .allowUnknownOption()
      .passThroughOptions()
      .action((more: string[]) => run(name, ...more));
  aws
    .command("policy")
    .description("print what Berth's own AWS credentials need, as an IAM policy")
    .action(() => run("policy"));
}

function addKubernetes(kubernetes: Command, config: ReadConfig): void {
  const load = () => import("./kubernetes.ts");
  kubernetes
    .command("check")
    .description("say what the cluster lacks; changes nothing, exit code 1 if something is missing")
    .action(async () => (await load()).checkKubernetes(config()));
  kubernetes
    .command("manifest")
    .description("print the namespace and the least rights of Berth, as YAML for kubectl apply")
    .action(async () => (await load()).printManifest(config()));
}

function addHost(host: Command, config: ReadConfig): void {
  host
    .command("rules")
    .description("show, set or remove the rules that keep assistants off this host and its networks")
    .addArgument(new Argument("[action]", "what to do but show them").choices(["apply", "remove"]))
    .action(async (action?: "apply" | "remove") => (await import("./host.ts")).hostRules(config(), action));
}

function addGateway(gateway: Command, config: ReadConfig): void {
  const load = () => import("./model-gateway.ts");
  gateway.action(async () => (await load()).showStops(config()));
  const described = {
    stop: "refuse them at once, all or those to one provider",
    resume: "let them through again",
  };
  for (const [name, description] of Object.entries(described) as ["stop" | "resume", string][])
    gateway
      .command(name)
      .description(description)
      .addArgument(new Argument("[provider]", "all of them without it").choices(MODEL_PROVIDERS))
      .action(async (provider?: string) => (await load()).switchModels(config(), name, provider));
}

function addImage(program: Command, config: ReadConfig): void {
  program
    .command("image")
    .description("make the image of Berth itself, of this clone and without a registry; needs root and apt")
    .argument("[name]", "with its tag; by default berth:<version>")
    .action(async (name?: string) => (await import("./image.ts")).makeImage(config(), name));
}

function addUpgrade(program: Command, config: ReadConfig): void {
  program
    .command("upgrade")
    .description(
      "bring every active assistant, or one, to the current image; stops after three failures.\n" +
        "With --image that is the image from now on, also where a customer has chosen another.",
    )
    .argument("[id]", "a deployment's")
    .option("--all", "every active assistant")
    .addOption(new Option("--at-once <count>", "so many at a time").default("2"))
    .option("--image <reference>", "another image than the current one")
    .option("--retry", "also where this very image was rolled back before")
    .action(async (id: string | undefined, options: UpgradeOptions, command: Command) => {
      const { readWanted, upgrade } = await import("./upgrade.ts");
      const wanted = readWanted(id, options);
      if (typeof wanted === "string") return command.error(wanted);
      await upgrade(config(), wanted);
    });
}

function addAdopt(program: Command, config: ReadConfig): void {
  program
    .command("adopt")
    .description(
      "carry one deployment, or all, to another target with its data; stops after two failures.\n" +
        "One that fails stays where it is.",
    )
    .argument("[id]", "a deployment's")
    .option("--all", "every one that is not there")
    .option("--to <target>", "one of BERTH_TARGET; by default its first, where new slots go")
    .addOption(new Option("--at-once <count>", "so many at a time").default("2"))
    .action(async (id: string | undefined, options: AdoptOptions, command: Command) => {
      const { adopt, readAdoption } = await import("./adopt.ts");
      const wanted = readAdoption(id, options);
      if (typeof wanted === "string") return command.error(wanted);
      await adopt(config(), wanted);
    });
}

function addKeys(keys: Command, config: ReadConfig): void {
  const load = () => import("./keys.ts");
  keys
    .command("create")
    .description("make an API key, and the account if it is new; the key is printed this once")
    .option("--account <name>")
    .option("--name <name>")
    .option("--scopes <scopes>", "such as read,write")
    .option("--expires <duration>", "such as 90d")
    .action(async (options) => (await load()).createKey(config(), options));
  keys
    .command("list")
    .description("print the keys, of all accounts or of one")
    .option("--account <name>")
    .action(async ({ account }: { account?: string }) => (await load()).listKeys(config(), account));
  keys
    .command("revoke")
    .description("end a key at once")
    .argument("<keyId>")
    .action(async (keyId: string) => (await load()).revokeKey(config(), keyId));
  keys
    .command("rotate")
    .description("make a key's successor; the old one works on for a while")
    .argument("<keyId>")
    .option("--overlap <duration>", "for so long, such as 24h; 0 ends it at once")
    .action(async (keyId: string, { overlap }: { overlap?: string }) =>
      (await load()).rotateKey(config(), keyId, overlap),
    );
  addInstallationKeys(keys, config);
}

function addInstallationKeys(keys: Command, config: ReadConfig): void {
  const load = () => import("./installation-keys.ts");
  keys
    .command("rotate-installation")
    .description(
      "change secret-key and backup-key of the data folder while Berth is stopped.\n" +
        "All secrets are sealed with the new one, and backups made before still open.",
    )
    .action(async () => (await load()).rotateInstallation(config()));
  keys
    .command("give-up")
    .description(
      "make a new key of the data folder where it is lost for good. What is locked with the lost one stays locked.",
    )
    .addArgument(new Argument("<key>", "the lost one").choices(GIVEN_UP_KEYS))
    .action(async (key: GivenUpKey) => (await load()).giveUp(config(), key));
}
