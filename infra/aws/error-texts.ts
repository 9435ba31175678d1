// What AWS, and Berth of AWS, say when an operation fails. Data alone: it is loaded on every target.
import type { ErrorText } from "../target-row.ts";

/** The first that matches counts: an image that can't be pulled may be refused as well. */
export const AWS_ERROR_TEXTS: readonly ErrorText[] = [
  { pattern: /CannotPull\w*Error/i, code: "IMAGE_UNAVAILABLE" },
  {
    pattern: /AWS access refused|AccessDenied|UnauthorizedOperation|is not authorized to perform/i,
    code: "AWS_ACCESS_REFUSED",
    sentence:
      "AWS does not let Berth do this. What exists was kept; redeploy, or delete again, when the operator has given it the rights.",
  },
  {
    pattern: /LimitExceeded|limit on the number of vCPUs|has reached .*(limit|quota)|quota exceeded/i,
    code: "AWS_LIMIT_REACHED",
    sentence:
      "A limit of the AWS account is reached. What exists was kept; redeploy when the operator has had it raised.",
  },
  { pattern: /AWS is not reachable/i, code: "ENGINE_UNAVAILABLE" },
];
