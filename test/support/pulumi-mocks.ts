// Runs a Pulumi program with Pulumi's own mocks: no engine, no plugin. What it declares is recorded; each resource gets
// an id and an ARN made up from its name.
import * as pulumi from "@pulumi/pulumi";
import { getMonitor } from "@pulumi/pulumi/runtime/settings.js";

interface Declared {
  readonly type: string;
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: inputs are what the tests look at, in whatever shape they were given.
  readonly inputs: any;
  /** Names of the resources that it waits for, and is removed before. */
  readonly dependsOn: readonly string[];
  readonly isProtected: boolean;
}

export interface Run {
  readonly outputs: Record<string, unknown>;
  readonly resources: readonly Declared[];
  /** What the program asked of AWS. */
  readonly calls: readonly { readonly token: string; readonly inputs: object }[];
  /** The one resource of a type (and a name). */
  only(type: string, name?: string): Declared;
}

export async function runWithMocks(
  program: () => Promise<Record<string, unknown>>,
  { project, stack, config }: { project: string; stack: string; config: Record<string, string> },
): Promise<Run> {
  const resources: Declared[] = [];
  const calls: { token: string; inputs: object }[] = [];
  const options = new Map<string, Pick<Declared, "dependsOn" | "isProtected">>();
  const mocks: pulumi.runtime.Mocks = {
    newResource({ type, name, inputs }) {
      const { dependsOn = [], isProtected = false } = options.get(`${type} ${name}`) ?? {};
      resources.push({ type, name, inputs, dependsOn, isProtected });
      const id = `${name}-of-${stack}`;
      return { id, state: { name, ...inputs, arn: `arn:aws:mock:eu-central-1:123456789012:${id}`, url: id } };
    },
    call: ({ token, inputs }) => {
      calls.push({ token, inputs });
      return { ...inputs, ...ANSWERS[token] };
    },
  };
  await pulumi.runtime.setMocks(mocks, project, stack, false);
  onRegister((request) => {
    options.set(`${request.getType()} ${request.getName()}`, {
      dependsOn: request.getDependenciesList().map((urn) => urn.split("::").at(-1) ?? urn),
      isProtected: request.getProtect(),
    });
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
  return { outputs, resources, calls, only };
}

/** What AWS would say when the foundation asks where it is. */
const ANSWERS: Readonly<Record<string, Record<string, unknown>>> = {
  "aws:index/getCallerIdentity:getCallerIdentity": { accountId: "123456789012" },
  "aws:index/getAvailabilityZones:getAvailabilityZones": {
    names: ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
  },
  "aws:ec2/getSubnet:getSubnet": { cidrBlock: "10.1.0.0/20" },
};

/** The mocks aren't told of a resource's options: they are read from the request for it. */
function onRegister(listen: (request: Request) => void): void {
  const monitor = getMonitor() as unknown as {
    registerResource: (request: Request, ...rest: unknown[]) => unknown;
  };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, ...rest) => {
    listen(request);
    return register(request, ...rest);
  };
}

interface Request {
  getType(): string;
  getName(): string;
  getDependenciesList(): readonly string[];
  getProtect(): boolean;
}

function settled(outputs: Record<string, unknown>): Promise<Record<string, unknown>> {
  return new Promise((resolve) => {
    pulumi.output(outputs).apply((value) => {
      resolve(value as Record<string, unknown>);
      return value;
    });
  });
}
