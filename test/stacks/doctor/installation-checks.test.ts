// What is wrong with an installation itself: each check is tripped by one change of a good picture.
import { expect, it } from "vitest";
import { type Check, runChecks } from "../../../stacks/doctor/check.ts";
import { ENGINE_CHECKS, type OfEngine } from "../../../stacks/doctor/docker/engine-checks.ts";
import { INSTALLATION_CHECKS, type InstallationPicture } from "../../../stacks/doctor/installation-checks.ts";
import { goodInstallation, ID, OTHER_ID, type Writable } from "../../support/good-picture.ts";

const CHECKS: readonly Check<InstallationPicture & OfEngine>[] = [...INSTALLATION_CHECKS, ...ENGINE_CHECKS];
const FIT = { securityOptions: ["name=seccomp"], strays: [], rivals: [], unfit: [] };
const CASES: readonly [
  string,
  "error" | "warning",
  (picture: Writable<InstallationPicture & OfEngine>) => void,
  RegExp,
][] = [
  ["data-folder", "error", (picture) => (picture.folder = { mode: 0o755, owner: 0 }), /0700, found 0755/],
  ["rehearsal", "error", (picture) => (picture.rehearsal = "No port answers."), /found: No port answers/],
  [
    "key-files",
    "error",
    ({ keyFiles }) => keyFiles.push({ path: "/data/api-key", mode: { mode: 0o640, owner: 0 } }),
    /api-key: expected mode 0600, found 0640/,
  ],
  [
    "leftover-secrets",
    "error",
    ({ strayedSecrets }) => strayedSecrets.push("/data/secrets/x.env"),
    /found \/data\/secrets\/x.env/,
  ],
  [
    "leftover-folders",
    "warning",
    ({ strayedFolders }) => strayedFolders.push("/data/stacks/x"),
    /found \/data\/stacks\/x/,
  ],
  [
    "leftover-stacks",
    "error",
    ({ strayedStacks }) => strayedStacks.push({ deploymentId: ID, was: "deleted", what: [] }),
    /deleted deployment 0192/,
  ],
  [
    "leftover-stacks",
    "warning",
    ({ strayedStacks }) => strayedStacks.push({ deploymentId: ID, was: "unknown", what: [] }),
    /unknown to it/,
  ],
  [
    "leftover-stacks",
    "error",
    ({ strayedStacks }) =>
      strayedStacks.push({
        ...{ deploymentId: "mine", was: "unknown", what: [] },
        names: { deploymentId: ID, isRenamed: true },
      }),
    /The stack mine: .*found it renamed/,
  ],
  [
    "leftover-stacks",
    "error",
    ({ strayedStacks }) =>
      strayedStacks.push({
        ...{ deploymentId: OTHER_ID, was: "deleted", what: [] },
        names: { deploymentId: ID, isRenamed: false },
      }),
    /names parts of deployment 0192/,
  ],
  [
    "unneeded-images",
    "warning",
    ({ unneededImages }) => unneededImages.push({ reference: "a.example/b:1", since: new Date(0) }),
    /found a\.example\/b:1, which none has needed since 1970-01-01T/,
  ],
  [
    "data-disk",
    "warning",
    ({ disk }) => Object.assign(disk ?? {}, { freeBytes: 1024 ** 3 }),
    /expected 4\.9 GiB free of its 97\.7 GiB at least, found 1 GiB at 2026/,
  ],
  ["engine", "error", (picture) => (picture.engine = "away"), /expected to answer/],
  [
    "engine-seccomp",
    "warning",
    (picture) => (picture.engine = { ...FIT, securityOptions: ["name=cgroupns"] }),
    /seccomp filter, found name=cgroupns/,
  ],
  [
    "engine-seccomp",
    "warning",
    (picture) => (picture.engine = { ...FIT, securityOptions: ["name=seccomp,profile=unconfined"] }),
    /unconfined/,
  ],
  [
    "own-ranges",
    "warning",
    (picture) =>
      (picture.engine = {
        ...FIT,
        rivals: ["The port 20000 is used."],
      }),
    /expected to be its own, found otherwise\. The port 20000 is used\./,
  ],
  [
    "host-settings",
    "warning",
    (picture) => (picture.engine = { ...FIT, unfit: [{ message: "Too few.", advice: "Run: sysctl" }] }),
    /expected to be fit for assistants, found otherwise\. Too few\./,
  ],
  ["leftover-parts", "error", strayed("deleted"), /deleted deployment 0192.*found container a, volume b/],
  [
    "leftover-parts",
    "warning",
    strayed("unknown"),
    /found container a, volume b: unknown to this installation/,
  ],
];

it("nothing is wrong with a good one", () => {
  expect(runChecks(CHECKS, goodInstallation())).toEqual([]);
});

it.each(CASES)("%s is found as %s", (check, severity, change, says) => {
  const picture = goodInstallation();
  change(picture);
  const findings = runChecks(CHECKS, picture);
  expect(findings).toEqual([
    { check, severity, message: expect.stringMatching(says), advice: expect.stringMatching(/\w/) },
  ]);
});

it("every check has a case", () => {
  expect([...new Set(CASES.map(([check]) => check))].toSorted()).toEqual(
    CHECKS.map(({ name }) => name).toSorted(),
  );
});

function strayed(was: "deleted" | "unknown"): (picture: Writable<InstallationPicture & OfEngine>) => void {
  const what = ["container a", "volume b"];
  return (picture) => {
    picture.engine = { ...FIT, strays: [{ deploymentId: ID, was, what }] };
  };
}
