// The objects of S3 by which a state passes between its task and Berth. They are there for minutes: the bucket itself ends
// what a dead process has left, a day later.
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { Foundation } from "../args.ts";
import { clientOptions } from "../clients.ts";

/** A task may wait for minutes before it begins, and copy for half an hour. */
export const ADDRESSES_LIVE_SECONDS = 3_600;
const TRIES = 3;

export class TransferStore {
  readonly #s3: S3Client;
  readonly #Bucket: string;
  readonly #prefix: string;

  /** @param bucket of the foundation; all objects of a deployment are below its id */
  constructor({ region }: Pick<Foundation, "region">, bucket: string, deploymentId: string) {
    // The sum of a piece that is not known yet must be no part of its address.
    this.#s3 = new S3Client({ ...clientOptions(region), requestChecksumCalculation: "WHEN_REQUIRED" });
    this.#Bucket = bucket;
    this.#prefix = `${deploymentId}/`;
  }

  /** Addresses that open these pieces, and nothing else, to everybody who has them. They are secrets. */
  async addresses(method: "GET" | "PUT", count: number): Promise<string[]> {
    const options = { expiresIn: ADDRESSES_LIVE_SECONDS };
    return Promise.all(
      Array.from({ length: count }, (_, index) => {
        const object = this.#object(index);
        return method === "GET"
          ? getSignedUrl(this.#s3, new GetObjectCommand(object), options)
          : getSignedUrl(this.#s3, new PutObjectCommand(object), options);
      }),
    );
  }

  async put(index: number, Body: Uint8Array, abortSignal: AbortSignal): Promise<void> {
    await this.#s3.send(new PutObjectCommand({ ...this.#object(index), Body }), { abortSignal });
  }

  /** All pieces, one after another. @throws Error when one is missing */
  async *read(abortSignal: AbortSignal): AsyncGenerator<Uint8Array> {
    const count = (await this.#list()).length;
    for (let index = 0; index < count; index++) yield await this.#get(index, abortSignal);
  }

  /** Removes all that there is of the deployment. */
  async clear(): Promise<void> {
    for (let keys = await this.#list(); keys.length > 0; keys = await this.#list()) {
      const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet: true };
      const { Errors = [] } = await this.#s3.send(new DeleteObjectsCommand({ Bucket: this.#Bucket, Delete }));
      if (Errors[0]) throw new Error(`S3 did not remove ${Errors[0].Key}: ${Errors[0].Message}`);
    }
  }

  /** As many as S3 lists at once. */
  async #list(): Promise<string[]> {
    const asked = new ListObjectsV2Command({ Bucket: this.#Bucket, Prefix: this.#prefix });
    const { Contents = [] } = await this.#s3.send(asked);
    return Contents.flatMap(({ Key }) => Key ?? []);
  }

  /** A connection may break in the middle of a body, which the SDK does not mend. */
  async #get(index: number, abortSignal: AbortSignal): Promise<Uint8Array> {
    for (let tried = 1; ; tried++) {
      try {
        const got = await this.#s3.send(new GetObjectCommand(this.#object(index)), { abortSignal });
        return (await got.Body?.transformToByteArray()) ?? new Uint8Array();
      } catch (error) {
        if (tried === TRIES || abortSignal.aborted) throw error;
      }
    }
  }

  #object(index: number) {
    return { Bucket: this.#Bucket, Key: `${this.#prefix}${String(index).padStart(6, "0")}` };
  }
}
