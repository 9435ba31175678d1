// Breaks of the API since the last release that are meant. Each is answered for in the changelog, under "Before you
// upgrade". Empty again with each release.

export interface AllowedBreak {
  /** The sentence of `npm run check`. */
  readonly what: string;
  readonly reason: string;
}

const PASTED = "more is taken than before around a value; what is refused now could not work";
const VISIBLE = "a name that shows nothing, or turns the direction of text, is refused";

export const ALLOWED_BREAKS: readonly AllowedBreak[] = [
  ...["PATCH /api/v1/assistants/{id}", "POST /api/v1/assistants/{id}/activate"].flatMap((call) => [
    { what: `${call} body.name: its pattern is narrower or another`, reason: VISIBLE },
    ...["modelId", "telegramBotToken", "modelApiKey"].map((field) => ({
      what: `${call} body.${field}: its pattern is narrower or another`,
      reason: PASTED,
    })),
  ]),
  { what: "POST /api/v1/keys body.name: its pattern is narrower or another", reason: VISIBLE },
];
