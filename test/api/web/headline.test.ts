// The one sentence about an assistant: Berth's own before the page's, and what is wrong before what is well.
import { expect, it } from "vitest";
import type { components } from "../../../api/web/api/types.ts";
import { headlineOf } from "../../../api/web/pages/assistant/headline/headline.ts";

type Deployment = components["schemas"]["Deployment"];
type Known = components["schemas"]["DeploymentStatus"];

const SINCE = "2026-11-29T18:00:00.000Z";
const cause = (code: string) => ({ code, message: `\u001b[31mThe words of ${code}.\u001b[0m` });
const ended = (kind: string, code: string) =>
  ({
    kind,
    state: "failed",
    error: cause(code),
    createdAt: SINCE,
    startedAt: SINCE,
    finishedAt: SINCE,
  }) as never;

function headline(status: Deployment["status"], known: Partial<Known> = {}, unreadable: string[] = []) {
  const deployment = { status, unreadableSecrets: unreadable, createdAt: SINCE } as unknown as Deployment;
  const nothing = { status, operation: null, drift: null, warning: null, channel: null, lastMessageAt: null };
  return headlineOf(deployment, { ...nothing, ...known } as Known);
}
it("of a paid slot the next step is said, also while something is made for it", () => {
  const operation = { kind: "prepare", state: "running", createdAt: SINCE, startedAt: SINCE } as never;
  expect(headline("purchased", { operation }).sentence).toBe(
    "This slot is paid. Set up the assistant that moves in.",
  );
});

const drift = (state: string) =>
  ({
    expected: { status: "active", replicas: 1 },
    seen: { state, detail: "Its container is paused.", since: SINCE },
  }) as Known["drift"];
const warning = { cause: cause("MODEL_KEY_REFUSED"), since: SINCE };

it("says what is being done before anything else", () => {
  const operation = { kind: "stop", state: "running", startedAt: SINCE, createdAt: SINCE } as never;
  const { sentence, tone, help } = headline("stopping", { operation, drift: drift("paused") }, [
    "modelApiKey",
  ]);
  expect({ sentence, tone, help }).toEqual({
    sentence: "It is being stopped. Its data is kept.",
    tone: "info",
    help: [],
  });
});

it("says drift before a warning, and a warning before an operation that failed", () => {
  const operation = ended("patch", "SETTINGS_NOT_TAKEN");
  expect(headline("active", { drift: drift("paused"), warning, operation }).sentence).toBe(
    "It should run. Its container is paused.",
  );
  const warned = headline("active", { warning, operation });
  expect(warned).toMatchObject({
    sentence: "The words of MODEL_KEY_REFUSED.",
    tone: "warning",
    since: SINCE,
  });
  expect(warned.help).toMatchObject([{ kind: "tab", tab: "settings" }]);
  expect(headline("active", { operation })).toMatchObject({
    sentence: "The words of SETTINGS_NOT_TAKEN.",
    tone: "warning",
  });
});

it("offers no redeploy while the engine does not answer", () => {
  expect(headline("active", { drift: drift("unknown") }).help).toEqual([]);
  expect(headline("active", { drift: drift("missing") }).help).toMatchObject([{ kind: "redeploy" }]);
});

it("says why it has failed, and what helps against that cause", () => {
  expect(headline("failed", { operation: ended("redeploy", "OPERATION_FAILED") })).toMatchObject({
    tone: "bad",
    help: [{ kind: "redeploy", label: "Try again" }],
  });
  expect(headline("failed", { operation: ended("redeploy", "DATA_GONE") }).help).toMatchObject([
    { kind: "tab", tab: "backups" },
    { kind: "begin-empty" },
  ]);
});

it("leaves a preparation out that has failed: activate makes everything itself", () => {
  expect(headline("purchased", { operation: ended("prepare", "OPERATION_FAILED") }).sentence).toMatch(
    /is paid/,
  );
  expect(headline("purchased", { operation: ended("activate", "IMAGE_UNAVAILABLE") }).sentence).toBe(
    "The words of IMAGE_UNAVAILABLE.",
  );
});

it("says what is normal where nothing is wrong", () => {
  expect(headline("active", { lastMessageAt: SINCE })).toMatchObject({ tone: "good", help: [] });
  expect(headline("stopped")).toMatchObject({ tone: "info", sentence: "It is stopped. Its data is kept." });
  expect(headline("suspended").help).toMatchObject([{ kind: "pay" }]);
});

it("asks for secrets that can't be read", () => {
  expect(headline("active", {}, ["telegramBotToken", "modelApiKey"]).sentence).toBe(
    "Its stored bot token and its model key can't be read. Enter them again.",
  );
});
