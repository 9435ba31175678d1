// One call of the container engine, by dockerode's own connection: all of dockerode takes longer to load than some of
// Berth's programs take to run.
import Modem from "docker-modem";

const SUCCESS = { 200: true, 201: true, 204: true };

/** @throws Error of the engine, with its `statusCode` if it has answered. */
export function callEngine<T>(asked: Modem.DialOptions): Promise<T> {
  return new Promise((resolve, reject) => {
    new Modem().dial({ statusCodes: SUCCESS, ...asked }, (error, answer) =>
      error ? reject(error) : resolve(answer as T),
    );
  });
}
