// Small pure parts of the target kubernetes: amounts, lines of a log, names, records of claims, the manifest, causes.
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { assertSameNamespace, claimOf, volumeText } from "../../../infra/kubernetes/claim.ts";
import { linesOf } from "../../../infra/kubernetes/logs.ts";
import { manifest, RIGHTS } from "../../../infra/kubernetes/manifest.ts";
import { freshClaimName, isDataClaim, isSecretName, secretName } from "../../../infra/kubernetes/names.ts";
import { quantity } from "../../../infra/kubernetes/quantity.ts";
import { causeOf } from "../../../stacks/pulumi/error-texts.ts";
import { NAMESPACE_UID, PLACE } from "../../support/kubernetes-place.ts";

const ID = "01940000-0000-7000-8000-000000000001";

it.each([
  ["250m", 0.25],
  ["12345678n", 0.012345678],
  ["2", 2],
  ["512Mi", 512 * 1024 ** 2],
  ["123456Ki", 123456 * 1024],
  ["1e3", 1000],
  ["1.5Gi", 1.5 * 1024 ** 3],
])("%s is an amount", (text, amount) => {
  expect(quantity(text)).toBeCloseTo(amount, 9);
});

it("another text is no amount", () => {
  expect(() => quantity("much")).toThrow("much is no quantity");
  expect(() => quantity("5Xi")).toThrow("5Xi is no quantity");
});

it("lines of a log have the kubelet's moments, and no control characters", async () => {
  const pieces = [
    "2026-11-01T12:00:00.123456789Z one\n2026-11-01T12:00:01Z \u001b[31mtw",
    "o\u001b[0m\nno moment",
  ];
  const lines = linesOf(Readable.from(pieces.map((piece) => Buffer.from(piece))));
  const found = [];
  for await (const line of lines) found.push(line);
  expect(found).toEqual([
    { at: "2026-11-01T12:00:00.123456789Z", text: "one" },
    { at: "2026-11-01T12:00:01Z", text: "two" },
    { at: null, text: "no moment" },
  ]);
});

describe("names", () => {
  it("of a deployment's claims and Secrets are told from others", () => {
    expect(isDataClaim(ID, freshClaimName(ID))).toBe(true);
    expect(isDataClaim(ID, `berth-${ID}-data`)).toBe(true);
    expect(isDataClaim(ID, `berth-${ID}-database`)).toBe(false);
    expect(isSecretName(ID, secretName(ID))).toBe(true);
    expect(isSecretName(ID, `berth-${ID}-0123456789abcdef`)).toBe(true);
    expect(isSecretName(ID, `berth-${ID}-pull-secret`)).toBe(false);
  });
  it("of a claim stand in the record with the uid of its namespace", () => {
    const recorded = volumeText(PLACE, "claim-1");
    expect(recorded).toBe(`${NAMESPACE_UID}/claim-1`);
    expect(claimOf(ID, recorded)).toBe("claim-1");
    expect(claimOf(ID, null)).toBe(`berth-${ID}-data`);
  });
});

it("a deployment of another cluster is refused, and names the settings", () => {
  expect(() => assertSameNamespace(PLACE, ID, volumeText(PLACE, "claim-1"))).not.toThrow();
  expect(() => assertSameNamespace(PLACE, ID, undefined)).not.toThrow();
  const elsewhere = volumeText({ namespaceUid: "another" }, "claim-1");
  expect(() => assertSameNamespace(PLACE, ID, elsewhere)).toThrow(
    /lives in another cluster.*BERTH_KUBERNETES_CONTEXT/,
  );
});

it("the manifest has a role of the namespace alone, with the rights that Berth asks for", () => {
  const text = manifest("assistants");
  expect(text).toContain("kind: Role\n");
  expect(text).not.toContain("ClusterRole");
  expect(text).toContain("pod-security.kubernetes.io/enforce: restricted");
  for (const { resources } of RIGHTS) for (const name of resources) expect(text).toContain(`"${name}"`);
  const secrets = RIGHTS.find(({ resources }) => resources.includes("secrets"));
  expect(secrets?.verbs).toEqual(["get", "list", "create", "update", "delete"]);
  expect(RIGHTS.flatMap(({ verbs }) => verbs)).not.toContain("*");
});

it.each([
  ["The Kubernetes API server is not reachable: ECONNREFUSED", "ENGINE_UNAVAILABLE"],
  [
    "error: configured Kubernetes cluster is unreachable: unable to load schema information",
    "ENGINE_UNAVAILABLE",
  ],
  [
    "The Kubernetes API server refuses Berth's credentials: they have ended, or are of another cluster",
    "ENGINE_UNAVAILABLE",
  ],
  ["error: configured Kubernetes cluster is unreachable: Unauthorized", "ENGINE_UNAVAILABLE"],
  [
    'The Kubernetes API server refuses Berth this: pods is forbidden: User "a" cannot list',
    "CLUSTER_ACCESS_REFUSED",
  ],
  [
    'error: Apply failed with 1 conflict: conflict with "kubectl-edit" using apps/v1: .spec.replicas',
    "CHANGED_BY_ANOTHER",
  ],
  [
    "error: statefulsets.apps \"berth-1\" is forbidden: ValidatingAdmissionPolicy 'images' with binding 'all' denied request: no",
    "POLICY_REFUSED",
  ],
  [
    'The Kubernetes API server answers 500: Internal error occurred: failed calling webhook "validate.kyverno.svc": failed to call webhook',
    "POLICY_REFUSED",
  ],
  ["The assistant did not become ready within 300 s; its pod is Running, no exit code.", "NOT_READY"],
])("%s", (text, code) => {
  expect(causeOf([text]).code).toBe(code);
});

it("a namespace that is being deleted is not taken for a right that is missing", () => {
  const refused =
    'The Kubernetes API server refuses Berth this: secrets "a" is forbidden: unable to create new content in namespace berth because it is being terminated';
  expect(causeOf([refused]).message).toContain("namespace is being deleted");
});
