// One call of the container engine, by dockerode's own connection, and those of its answers that are no errors to the caller.
// All of dockerode takes longer to load than some of Berth's programs take to run.
import Modem from "docker-modem";

/** For `catch`: takes answers with these HTTP statuses for none; whatever else it is given is thrown. */
export function unless(...expected: readonly number[]) {
  return (error: { readonly statusCode?: number }): undefined => {
    if (error.statusCode === undefined || !expected.includes(error.statusCode)) throw error;
  };
}

/** For a part of the engine that may be gone by now: then undefined. */
export const unlessGone = unless(404);
/** For one that is to be started or stopped, and may be so already. */
export const unlessAsWanted = unless(304);

const SUCCESS = { 200: true, 201: true, 204: true };

/** @throws Error of the engine, with its `statusCode` if it has answered. */
export function callEngine<T>(asked: Modem.DialOptions): Promise<T> {
  return new Promise((resolve, reject) => {
    new Modem().dial({ statusCodes: SUCCESS, ...asked }, (error, answer) =>
      error ? reject(error) : resolve(answer as T),
    );
  });
}
