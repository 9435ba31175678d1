// @ts-check
// What a program of a stack has to say to the customer though it did what it was to do: lines of its output, which the log
// of the operation and the deployment's status pass on. Plain JavaScript: on AWS its text runs inside the assistant's task.

/** @typedef {{ readonly code: string | null, readonly message: string }} Remark a code makes it a warning of the status */

const MARK = "berth-remark ";
/** Of each line, and of all. */
const LONGEST_REMARK = 2_000;
const MOST_REMARKS = 10;

/** @param {Remark} remark */
export function remarkLine(remark) {
  return MARK + JSON.stringify(remark);
}

/**
 * The remarks among the lines of an output.
 * @param {string} output
 * @returns {Remark[]}
 */
export function remarksIn(output) {
  const lines = output.split("\n").filter((line) => line.startsWith(MARK) && line.length < LONGEST_REMARK);
  return lines.slice(0, MOST_REMARKS).flatMap((line) => readRemark(line.slice(MARK.length)));
}

/**
 * @param {string} text
 * @returns {Remark[]} none if it is no remark
 */
function readRemark(text) {
  try {
    const { code, message } = JSON.parse(text);
    const isCode = code === null || typeof code === "string";
    return isCode && typeof message === "string" ? [{ code, message }] : [];
  } catch {
    return [];
  }
}
