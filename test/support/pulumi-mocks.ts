// Runs a Pulumi program with Pulumi's own mocks: no engine, no plugin. What it declares is recorded; each resource gets
// an id and an ARN made up from its name.
import * as pulumi from "@pulumi/pulumi";
import { getMonitor } from "@pulumi/pulumi/runtime/settings.js";

export interface Declared {
  readonly type: string;
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: inputs are what the tests look at, in whatever shape they were given.
  readonly inputs: any;
  /** Names of the resources that it waits for, and is removed before. */
  readonly dependsOn: readonly string[];
}

export interface Run {
  readonly outputs: Record<string, unknown>;
  readonly resources: readonly Declared[];
  /** The one resource of a type (and a name). */
  only(type: string, name?: string): Declared;
}

export async function runWithMocks(
  program: () => Promise<Record<string, unknown>>,
  { project, stack, config }: { project: string; stack: string; config: Record<string, string> },
): Promise<Run> {
  const resources: Declared[] = [];
  const dependencies = new Map<string, readonly string[]>();
  const mocks: pulumi.runtime.Mocks = {
    newResource({ type, name, inputs }) {
      resources.push({ type, name, inputs, dependsOn: dependencies.get(`${type} ${name}`) ?? [] });
      const id = `${name}-of-${stack}`;
      return { id, state: { name, ...inputs, arn: `arn:aws:mock:eu-central-1:123456789012:${id}`, url: id } };
    },
    call: ({ token, inputs }) => ({ ...inputs, ...ANSWERS[token] }),
  };
  await pulumi.runtime.setMocks(mocks, project, stack, false);
  onRegister((type, name, urns) => {
    dependencies.set(
      `${type} ${name}`,
      urns.map((urn) => urn.split("::").at(-1) ?? urn),
    );
  });
  pulumi.runtime.setAllConfig(
    Object.fromEntries(Object.entries(config).map(([key, value]) => [`${project}:${key}`, value])),
  );
  const outputs = await settled(await program());
  const only = (type: string, name?: string) => {
    const found = resources.filter((made) => made.type === type && (!name || made.name === name));
    const [one] = found;
    if (!one || found.length > 1) throw new Error(`${found.length} resources are a ${type} ${name ?? ""}`);
    return one;
  };
  return { outputs, resources, only };
}

/** What AWS would say when the foundation asks where it is. */
const ANSWERS: Readonly<Record<string, Record<string, unknown>>> = {
  "aws:index/getCallerIdentity:getCallerIdentity": { accountId: "123456789012" },
  "aws:index/getAvailabilityZones:getAvailabilityZones": {
    names: ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
  },
};

/** The mocks aren't told what a resource waits for: it is read from the request for it. */
function onRegister(listen: (type: string, name: string, urns: readonly string[]) => void): void {
  const monitor = getMonitor() as unknown as {
    registerResource: (request: Request, ...rest: unknown[]) => unknown;
  };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, ...rest) => {
    listen(request.getType(), request.getName(), request.getDependenciesList());
    return register(request, ...rest);
  };
}

interface Request {
  getType(): string;
  getName(): string;
  getDependenciesList(): readonly string[];
}

function settled(outputs: Record<string, unknown>): Promise<Record<string, unknown>> {
  return new Promise((resolve) => {
    pulumi.output(outputs).apply((value) => {
      resolve(value as Record<string, unknown>);
      return value;
    });
  });
}
