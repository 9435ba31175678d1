// Answers of the container engine that are no errors to who asked. For `catch`.

/** Takes answers with these HTTP statuses for none; whatever else it is given is thrown. */
export function unless(...expected: readonly number[]) {
  return (error: { readonly statusCode?: number }): undefined => {
    if (error.statusCode === undefined || !expected.includes(error.statusCode)) throw error;
  };
}

/** For a part of the engine that may be gone by now: then undefined. */
export const unlessGone = unless(404);
/** For one that is to be started or stopped, and may be so already. */
export const unlessAsWanted = unless(304);
