// The cookie of a session. Behind https its name begins with __Host-, so that no other host and no plain http can set it;
// the installation's id in its name keeps Berths on other ports of this host apart.
import type { CookieOptions, Request, Response } from "express";
import type { SecretBox } from "../../stacks/secret.ts";

export interface CookieParts {
  /** Without what https puts in front of it. */
  readonly cookieName: string;
  readonly publicUrl: string;
}

const VALUE = /^[A-Za-z0-9_-]{43}$/;
const ID_LENGTH = 8;

/** The same in all processes of an installation. */
export function cookieNameOf(box: SecretBox): string {
  return `berth-session-${box.fingerprint("cookie").slice(0, ID_LENGTH)}`;
}

/**
 * The value of the session's cookie; undefined if there is none that Berth can have set. Nor is there one if two of that
 * name differ: Berth sets one, and somebody else the other.
 */
export function readCookie(request: Request, parts: CookieParts): string | undefined {
  const name = `${nameFor(request, parts)}=`;
  const cookies = (request.headers.cookie ?? "").split(";").map((cookie) => cookie.trim());
  const values = new Set(
    cookies.filter((cookie) => cookie.startsWith(name)).map((cookie) => cookie.slice(name.length)),
  );
  const [value] = values;
  return values.size === 1 && value !== undefined && VALUE.test(value) ? value : undefined;
}

/** It lasts until the browser is closed; the session itself ends by the database. */
export function setCookie(request: Request, response: Response, parts: CookieParts, value: string): void {
  response.cookie(nameFor(request, parts), value, options(request, parts));
}

export function clearCookie(request: Request, response: Response, parts: CookieParts): void {
  response.clearCookie(nameFor(request, parts), options(request, parts));
}

function nameFor(request: Request, parts: CookieParts): string {
  return isHttps(request, parts) ? `__Host-${parts.cookieName}` : parts.cookieName;
}

function options(request: Request, parts: CookieParts): CookieOptions {
  return { httpOnly: true, sameSite: "strict", path: "/", secure: isHttps(request, parts) };
}

/** As the public address says, or a trusted proxy. */
function isHttps({ secure }: Request, { publicUrl }: CookieParts): boolean {
  return secure || new URL(publicUrl).protocol === "https:";
}
