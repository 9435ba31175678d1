// The library signs and verifies alike: these signatures were made by others, and hold it to the format.
import { expect, it } from "vitest";
import { signatures } from "../../../stacks/callbacks/secret.ts";

/** The example of the specification of Standard Webhooks 1.0. */
const SPECIFIED = {
  secret: "whsec_plJ3nmyCDGBKInavdOK15jsl",
  id: "msg_loFOjxBNrRLzqYUf",
  at: new Date(1_731_705_121_000),
  body: '{"event_type":"ping","data":{"success":true}}',
  signature: "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=",
};
/** The same message, with another secret: by openssl. */
const OTHER = {
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  signature: "v1,ra7kgjOCnSSR5URJ70WM3QMv18NGuuwnmtI2W0CEQ1c=",
};

it("a message is signed as the specification's example is", () => {
  const { secret, id, at, body, signature } = SPECIFIED;
  expect(signatures({ current: secret, previous: undefined }, id, at, body)).toBe(signature);
});

it("milliseconds don't count: the header of the time has none", () => {
  const { secret, id, at, body, signature } = SPECIFIED;
  const later = new Date(at.getTime() + 999);
  expect(signatures({ current: secret, previous: undefined }, id, later, body)).toBe(signature);
});

it("after a rotation both secrets sign, the new one first", () => {
  const { id, at, body } = SPECIFIED;
  const previous = { secret: SPECIFIED.secret, until: new Date() };
  const header = signatures({ current: OTHER.secret, previous }, id, at, body);
  expect(header).toBe(`${OTHER.signature} ${SPECIFIED.signature}`);
});
