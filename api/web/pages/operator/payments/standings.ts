import type { Standing } from "../../../api/operator.ts";

/** One word and one colour for each way to be paid. */
export const STANDINGS: Readonly<Record<Standing, { readonly word: string; readonly colour: string }>> = {
  unpaid: { word: "Not paid", colour: "yellow" },
  paid: { word: "Paid", colour: "green" },
  lapsed: { word: "Lapsed", colour: "red" },
  suspended: { word: "Suspended", colour: "orange" },
};

/** Whether a text of an address is one of them. */
export function isStanding(text: unknown): text is Standing {
  return typeof text === "string" && Object.hasOwn(STANDINGS, text);
}
