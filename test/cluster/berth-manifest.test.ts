// A real API server takes every object of Berth's own manifest, as the account's administrator, in a namespace of the profile
// restricted. None is made.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { manifest } from "../../infra/kubernetes/manifest.ts";
import { BERTH_MANIFEST, readBerthManifest } from "../support/cluster/berth-manifest.ts";
import { deleteNamespace } from "../support/cluster/kubectl.ts";

const NAMESPACE = "berth";

beforeAll(() => {
  expect(apply(manifest(NAMESPACE))).toMatchObject({ status: 0, stderr: "" });
});
afterAll(() => deleteNamespace(NAMESPACE));

function apply(text: string, ...options: string[]) {
  const { kubectl, kubeconfig } = inject("cluster");
  const args = ["--kubeconfig", kubeconfig, "apply", ...options, "--filename=-"];
  return spawnSync(kubectl, args, { input: text, encoding: "utf8" });
}

it("each object is taken, without a warning about its security or an unknown field", () => {
  const { status, stdout, stderr } = apply(
    readFileSync(BERTH_MANIFEST, "utf8"),
    "--dry-run=server",
    "--validate=strict",
  );
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout.trim().split("\n")).toHaveLength(readBerthManifest().length);
});

it("one that is not of the profile is warned of, and an unknown field refused: the control", () => {
  const text = readFileSync(BERTH_MANIFEST, "utf8");
  const open = apply(text.replaceAll("runAsNonRoot: true", "runAsNonRoot: false"), "--dry-run=server");
  expect(open.stderr).toContain("would violate PodSecurity");
  const unknown = text.replace("minAvailable: 1", "leastAvailable: 1");
  expect(apply(unknown, "--dry-run=server", "--validate=strict").status).not.toBe(0);
});
