import { Fragment } from "react";
import { plainText } from "./plain-text.ts";

/** A long name of parts, as of an image or a model: where there is little room it breaks between them first. */
export function Breakable({ text }: { readonly text: string }) {
  const parts = plainText(text).split(/(?<=[/@]|[^/]:)/);
  return parts.map((part, index) => (
    <Fragment key={index}>
      {index > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}
