import { expect, it } from "vitest";
import { readConfig } from "../../../api/config/config.ts";

it.each([
  [undefined, { names: [], ranges: [] }],
  ["Ollama, vllm.lan", { names: ["ollama", "vllm.lan"], ranges: [] }],
  ["10.0.5.0/24,10.1.1.1,fd00::1", { names: [], ranges: ["10.0.5.0/24", "10.1.1.1/32", "fd00::1/128"] }],
])("BERTH_PRIVATE_MODEL_HOSTS=%s", (text, expected) => {
  const { gateway } = readConfig(text === undefined ? {} : { BERTH_PRIVATE_MODEL_HOSTS: text });
  expect(gateway.privateHosts).toEqual(expected);
});

it.each(["http://ollama", "ollama:11434", "10.0.5.0/40", "10.0.5", "a b", "ollama,"])(
  "BERTH_PRIVATE_MODEL_HOSTS=%s stops the start",
  (text) => {
    expect(() => readConfig({ BERTH_PRIVATE_MODEL_HOSTS: text })).toThrow(
      /BERTH_PRIVATE_MODEL_HOSTS.*must be a host name, an address or a range/,
    );
  },
);
