// Which releases of Pulumi's parts belong together: those of the plugins are those of their SDKs in package.json.
import manifest from "../../package.json" with { type: "json" };

/** The CLI that this version of Berth is tested with, and the oldest that it takes. pulumi-cli/go.mod has it as well. */
export const PULUMI_VERSION = "3.259.0";

/** Of the plugin that serves an SDK, such as `@pulumi/docker`. @throws Error when Berth doesn't depend on that */
export function pluginVersion(sdk: string): string {
  const { dependencies, optionalDependencies } = manifest as Dependencies;
  const version = dependencies[sdk] ?? optionalDependencies?.[sdk];
  if (!version) throw new Error(`package.json names no ${sdk}.`);
  return version;
}

interface Dependencies {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
