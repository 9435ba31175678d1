// The login of a registry, looked up as Docker's own CLI does: in config.json, or by the program that it names. It goes to
// the engine with a pull, and nowhere else.
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { RegistryLogins } from "../../target.ts";

/** As the engine's API takes it. */
type Login = { readonly serveraddress: string } & (
  | { readonly username: string; readonly password: string }
  | { readonly identitytoken: string }
  | { readonly registrytoken: string }
);

export interface FoundLogin {
  /** Absent if the user is not logged in there. */
  readonly login?: Login;
  /** Why it can't be found out; without anything of the login. */
  readonly failure?: string;
}

const HELPER_TIMEOUT_MS = 30_000;
/** What Docker's CLI calls its own registry. */
const DOCKER_HUB = "docker.io";
const DOCKER_HUB_KEY = "https://index.docker.io/v1/";
/** Instead of a user's name: the secret is a token. */
const TOKEN = "<token>";

const Entry = z.object({
  auth: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  identitytoken: z.string().optional(),
  registrytoken: z.string().optional(),
});
const ConfigFile = z.object({
  auths: z.record(z.string(), Entry).nullish(),
  credHelpers: z.record(z.string(), z.string()).nullish(),
  credsStore: z.string().nullish(),
});
const HelperAnswer = z.object({ Username: z.string(), Secret: z.string() });

/** @param repository with its registry, as ../../assistant/image-reference.ts reads it */
export async function findLogin(logins: RegistryLogins, repository: string): Promise<FoundLogin> {
  const registry = repository.split("/")[0] ?? "";
  const key = registry === DOCKER_HUB ? DOCKER_HUB_KEY : registry;
  let config: z.infer<typeof ConfigFile>;
  try {
    config = ConfigFile.parse(JSON.parse(await readFile(logins.configFile, "utf8")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    // A parser's words quote what they can't read.
    return { failure: `${logins.configFile} can't be read` };
  }
  const helper = config.credHelpers?.[key] ?? config.credsStore;
  if (helper) return askHelper(`docker-credential-${helper}`, key, logins.environment);
  const entries = Object.entries(config.auths ?? {});
  const [, entry] =
    entries.find(([name]) => name === key) ?? entries.find(([name]) => hostOf(name) === key) ?? [];
  const login = entry && loginOf(key, entry);
  return login ? { login } : {};
}

/** The registry of an older entry, which may be a URL. */
function hostOf(name: string): string | undefined {
  return name.replace(/^https?:\/\//, "").split("/")[0];
}

function loginOf(serveraddress: string, entry: z.infer<typeof Entry>): Login | undefined {
  const { auth = "", identitytoken, registrytoken } = entry;
  if (identitytoken) return { serveraddress, identitytoken };
  if (registrytoken) return { serveraddress, registrytoken };
  const [, name, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(auth, "base64").toString("utf8")) ?? [];
  const username = name ?? entry.username;
  const password = secret?.replace(/\0+$/, "") ?? entry.password;
  return username && password !== undefined ? { serveraddress, username, password } : undefined;
}

/** The protocol of Docker's credential helpers: the registry on stdin, the login as JSON on stdout, errors there too. */
async function askHelper(
  program: string,
  serveraddress: string,
  environment: NodeJS.ProcessEnv,
): Promise<FoundLogin> {
  const child = spawn(program, ["get"], {
    env: environment,
    stdio: ["pipe", "pipe", "ignore"],
    timeout: HELPER_TIMEOUT_MS,
    killSignal: "SIGKILL",
  });
  const ended = new Promise<string | number>((resolve) => {
    child.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "an error"));
    child.once("close", (code, signal) => resolve(code ?? signal ?? "an error"));
  });
  // It may end without having read.
  child.stdin.on("error", () => {}).end(serveraddress);
  let answer = "";
  for await (const piece of child.stdout.setEncoding("utf8")) answer += piece;
  const how = await ended;
  if (how !== 0 && /credentials not found/i.test(answer)) return {};
  if (how !== 0) return { failure: `${program} ended with ${how}` };
  try {
    const { Username: username, Secret: secret } = HelperAnswer.parse(JSON.parse(answer));
    if (username === TOKEN) return { login: { serveraddress, identitytoken: secret } };
    return username === "" ? {} : { login: { serveraddress, username, password: secret } };
  } catch {
    return { failure: `${program} gave no login that can be read` };
  }
}
