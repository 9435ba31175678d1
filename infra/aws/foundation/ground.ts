// What every part of the foundation stands on.
import type { Provider } from "@pulumi/aws/provider.js";
import type * as pulumi from "@pulumi/pulumi";

/** What every part of the foundation is made with. */
export interface Ground {
  /** Begins the names of all parts: a second foundation in the region needs another one. */
  readonly name: string;
  readonly region: string;
  readonly accountId: pulumi.Output<string>;
  readonly tags: Readonly<Record<string, string>>;
  readonly options: { readonly provider: Provider };
}
