// The operator's model keys stay at the gateway; without it they are given to customers' assistants only where the operator
// has said yes to that.
import { expect, it } from "vitest";
import { readConfig } from "../../../api/config/config.ts";

const KEYS = ["ANTHROPIC", "OPENAI", "GEMINI", "OPENROUTER", "XAI"].map((name) => `BERTH_${name}_API_KEY`);
const VALUE = "sk-canary-0123456789";

it.each(KEYS)("%s alone stops a start without the gateway, with what to do and without the key", (name) => {
  let message = "";
  try {
    readConfig({ [name]: VALUE, BERTH_MODEL_GATEWAY: "off" });
  } catch (error) {
    message = String(error);
  }
  expect(message).toContain(`${name}: is handed to the assistants`);
  expect(message).toContain("BERTH_ALLOW_SHARED_MODEL_KEYS=yes");
  expect(message).not.toContain(VALUE);
});

it("with the gateway they are taken, and none is shared", () => {
  const { stacks, sharesModelKeys, gateway } = readConfig({ BERTH_OPENAI_API_KEY: VALUE });
  expect(Object.keys(stacks.modelKeys)).toEqual(["openai"]);
  expect(sharesModelKeys).toBe(false);
  expect(gateway.mode).toBe("all");
});

it("with a yes they are taken, and all modes are sold", () => {
  const all = Object.fromEntries(KEYS.map((name) => [name, VALUE]));
  const { stacks, sharesModelKeys } = readConfig({ ...all, BERTH_ALLOW_SHARED_MODEL_KEYS: "yes" });
  expect(Object.keys(stacks.modelKeys).toSorted()).toEqual([
    "anthropic",
    "google",
    "openai",
    "openrouter",
    "xai",
  ]);
  expect(sharesModelKeys).toBe(true);
  expect(readConfig({}).sharesModelKeys).toBe(false);
});
