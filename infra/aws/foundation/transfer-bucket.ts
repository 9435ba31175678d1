// The bucket through which states pass on their way to Berth and back. What is in it is removed at once; a day later, if
// nobody was left to do that.
import type * as kms from "@pulumi/aws/kms/index.js";
import * as s3 from "@pulumi/aws/s3/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { Ground } from "./ground.ts";

/** @returns its name */
export function transferBucket(ground: Ground, key: kms.Key): pulumi.Output<string> {
  const { name, region, accountId, tags, options } = ground;
  const bucket = new s3.Bucket(
    "transfer",
    {
      // Buckets of all accounts and regions share their names.
      bucket: pulumi.interpolate`${name}-transfer-${accountId}-${region}`,
      // It holds copies alone.
      forceDestroy: true,
      tags,
    },
    options,
  );
  const of = { bucket: bucket.id };
  new s3.BucketPublicAccessBlock(
    "transfer",
    {
      ...of,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    options,
  );
  const byDefault = { sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn };
  new s3.BucketServerSideEncryptionConfiguration(
    "transfer",
    { ...of, rules: [{ applyServerSideEncryptionByDefault: byDefault, bucketKeyEnabled: true }] },
    options,
  );
  const afterADay = { id: "end", status: "Enabled", filter: { prefix: "" }, expiration: { days: 1 } };
  new s3.BucketLifecycleConfiguration("transfer", { ...of, rules: [afterADay] }, options);
  new s3.BucketPolicy("transfer", { ...of, policy: encryptedOnly(bucket) }, options);
  return bucket.id;
}

function encryptedOnly({ arn }: s3.Bucket): pulumi.Output<string> {
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Encrypted",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [arn, pulumi.interpolate`${arn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  });
}
