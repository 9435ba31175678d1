// Provider and address of a compatible server go together, and a stored key never to another server.
import { describe, expect, it } from "vitest";
import { serverChange } from "../../../stacks/deployments/model-server.ts";

const COMPATIBLE = "openai-compatible";
const GROQ = "https://api.groq.com/openai/v1";
const OTHER = "https://models.example.com/v1";
const KEY = { modelApiKey: "gsk_0123456789" };
const NEW = { api_mode: "byok", model_provider: null, base_url: null } as const;
const CLAUDE = { ...NEW, model_provider: "anthropic" } as const;
const AT_GROQ = { ...NEW, model_provider: COMPATIBLE, base_url: GROQ } as const;
const BOTH = { model_provider: COMPATIBLE, base_url: GROQ };

describe("what a call changes", () => {
  it.each([
    ["activated with both", NEW, { modelProvider: COMPATIBLE, baseUrl: GROQ, ...KEY }, BOTH],
    ["from another provider", CLAUDE, { modelProvider: COMPATIBLE, baseUrl: GROQ, ...KEY }, BOTH],
    [
      "to another provider",
      AT_GROQ,
      { modelProvider: "xai", ...KEY },
      { model_provider: "xai", base_url: null },
    ],
    [
      "the operator's keys: to another provider",
      { ...CLAUDE, api_mode: "managed" },
      { modelProvider: "xai" },
      { model_provider: "xai", base_url: null },
    ],
    [
      "the same provider again",
      CLAUDE,
      { modelProvider: "anthropic" },
      { model_provider: "anthropic", base_url: null },
    ],
    ["to another server", AT_GROQ, { baseUrl: OTHER, ...KEY }, { ...BOTH, base_url: OTHER }],
    ["the same said again", AT_GROQ, { modelProvider: COMPATIBLE }, BOTH],
    ["the same address again", AT_GROQ, { baseUrl: GROQ }, BOTH],
    ["nothing of it", AT_GROQ, {}, {}],
    ["nothing of it elsewhere", CLAUDE, {}, {}],
  ] as const)("%s", (_what, before, wanted, change) => {
    expect(serverChange(before, wanted)).toEqual(change);
  });
});

describe("is refused", () => {
  it.each([
    ["a server without an address", NEW, { modelProvider: COMPATIBLE, ...KEY }, "baseUrl"],
    ["an address of another provider", NEW, { modelProvider: "openai", baseUrl: GROQ }, "baseUrl"],
    ["an address alone, at another provider", CLAUDE, { baseUrl: GROQ, ...KEY }, "baseUrl"],
    ["an address left behind", AT_GROQ, { modelProvider: "openai", baseUrl: GROQ }, "baseUrl"],
    ["a key that was stored for another server", AT_GROQ, { baseUrl: OTHER }, "modelApiKey"],
    [
      "a key that was stored for another provider",
      CLAUDE,
      { modelProvider: COMPATIBLE, baseUrl: GROQ },
      "modelApiKey",
    ],
    ["the same between two that are known", CLAUDE, { modelProvider: "xai" }, "modelApiKey"],
    [
      "managed",
      { ...NEW, api_mode: "managed" },
      { modelProvider: COMPATIBLE, baseUrl: GROQ },
      "modelProvider",
    ],
    [
      "unlimited",
      { ...NEW, api_mode: "unlimited" },
      { modelProvider: COMPATIBLE, baseUrl: GROQ },
      "modelProvider",
    ],
  ] as const)("%s", (_what, before, wanted, field) => {
    expect(() => serverChange(before, wanted)).toThrow(
      expect.objectContaining({ code: "INVALID_REQUEST", details: [expect.objectContaining({ field })] }),
    );
  });
});
