// What a start prints of signing in: a link where the operator alone reads it, and otherwise how to get one.
import { expect, it, vi } from "vitest";
import { signInLine } from "../../../api/commands/sign-in.ts";

const HINT = "Sign in: npm run -s berth -- sign-in prints a link";

it("a link, made for it", async () => {
  const line = await signInLine(true, async () => "http://127.0.0.1:8080/sign-in#token");
  expect(line).toBe("Sign in, once and within ten minutes: http://127.0.0.1:8080/sign-in#token");
});

it("how to get one, where others may read it: none is made", async () => {
  const make = vi.fn(async () => "link");
  expect(await signInLine(false, make)).toBe(HINT);
  expect(make).not.toHaveBeenCalled();
});

it("how to get one, where none can be made", async () => {
  expect(await signInLine(true, () => Promise.reject(new Error("the database is away")))).toBe(HINT);
  expect(await signInLine(true, undefined)).toBe(HINT);
});
