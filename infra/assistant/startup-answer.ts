// What an assistant answers to GET /startupz: only the JSON body counts, an image may answer any path with 200.

/** Its own word for how far it is; undefined if the answer is no JSON that has one. */
export function startupStatusIn(text: string): string | undefined {
  try {
    const { status } = JSON.parse(text);
    if (typeof status !== "string") return undefined;
    // Anything longer would be the assistant's own words in a sentence of Berth's.
    return /^[a-z]{1,20}$/.test(status) ? status : "another status";
  } catch {
    return undefined;
  }
}
