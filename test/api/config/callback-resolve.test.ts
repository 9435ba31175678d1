import { expect, it } from "vitest";
import { readConfig } from "../../../api/config/config.ts";

it.each([
  ["hooks.example:8443:10.0.0.5", [{ host: "hooks.example", port: 8443, address: "10.0.0.5" }]],
  ["Hooks.Example.:443:[::1]", [{ host: "hooks.example", port: 443, address: "::1" }]],
  [
    "a.example:1:10.0.0.1, b:2:fd00::1",
    [
      { host: "a.example", port: 1, address: "10.0.0.1" },
      { host: "b", port: 2, address: "fd00::1" },
    ],
  ],
])("BERTH_CALLBACK_RESOLVE=%s", (text, expected) => {
  expect(readConfig({ BERTH_CALLBACK_RESOLVE: text }).callbackResolve).toEqual(expected);
});

it.each([
  "hooks.example",
  "hooks.example:10.0.0.5",
  "a:0:10.0.0.1",
  "a:70000:10.0.0.1",
  "a:443:b.example",
  "a:1:10.0.0.1,",
])("BERTH_CALLBACK_RESOLVE=%s stops the start", (text) => {
  expect(() => readConfig({ BERTH_CALLBACK_RESOLVE: text })).toThrow(
    /BERTH_CALLBACK_RESOLVE.*host:port:address/,
  );
});
