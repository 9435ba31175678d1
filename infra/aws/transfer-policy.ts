// What Berth's credentials need to carry states out and in; see policy.ts.
import type { Foundation } from "../args.ts";
import { arn, askedBy } from "./partition.ts";
import type { Statement } from "./policy.ts";

/** None on a foundation that has no bucket for it. */
export function transferStatements({
  region,
  accountId,
  clusterArn,
  kmsKeyArn,
  transfer,
}: Foundation): Statement[] {
  if (!transfer) return [];
  const begin = arn(region);
  const bucket = `${begin}:s3:::${transfer.bucket}`;
  const ofTasks = `${begin}:ecs:${region}:${accountId}:task-definition/berth-*-transfer:*`;
  const Condition = { ArnEquals: { "ecs:cluster": clusterArn } };
  return [
    { Sid: "Transfers", Effect: "Allow", Action: ["ecs:RunTask"], Resource: ofTasks, Condition },
    {
      Sid: "EndTransfers",
      Effect: "Allow",
      Action: ["ecs:StopTask"],
      Resource: `${begin}:ecs:${region}:${accountId}:task/${clusterArn.split("/").at(-1)}/*`,
    },
    { Sid: "FindTransfers", Effect: "Allow", Action: ["ecs:ListTaskDefinitions"], Resource: "*" },
    { Sid: "ListTransferred", Effect: "Allow", Action: ["s3:ListBucket"], Resource: bucket },
    {
      Sid: "Transferred",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
      Resource: `${bucket}/*`,
    },
    {
      Sid: "KeyOfTransferred",
      Effect: "Allow",
      Action: ["kms:GenerateDataKey", "kms:Decrypt"],
      Resource: kmsKeyArn,
      Condition: { StringEquals: { "kms:ViaService": askedBy("s3", region) } },
    },
  ];
}
