// The objects of docs/examples/kubernetes/berth.yaml.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";

export const BERTH_MANIFEST = fileURLToPath(
  new URL("../../../docs/examples/kubernetes/berth.yaml", import.meta.url),
);

interface Pod {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly serviceAccountName: string;
    readonly terminationGracePeriodSeconds: number;
    readonly containers: readonly {
      readonly env: readonly { readonly name: string; readonly value: string }[];
      readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
      readonly securityContext: Readonly<Record<string, unknown>>;
    }[];
  };
}

export interface ManifestObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly template?: Pod;
    /** Of a Service its labels themselves. */
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  };
}

export function readBerthManifest(): ManifestObject[] {
  const documents = parseAllDocuments(readFileSync(BERTH_MANIFEST, "utf8"));
  return documents.map((document) => {
    if ("errors" in document && document.errors.length > 0) throw document.errors[0];
    return document.toJS() as ManifestObject;
  });
}
