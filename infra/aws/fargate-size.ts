// The sizes that Fargate has for Linux tasks, as a pure table. Whatever is not in it AWS refuses, after minutes.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html

const GIB = 1024;
const SIZES: readonly { readonly cpus: number; readonly memoryMib: readonly number[] }[] = [
  { cpus: 0.25, memoryMib: [GIB / 2, GIB, 2 * GIB] },
  { cpus: 0.5, memoryMib: steps(1, 4, 1) },
  { cpus: 1, memoryMib: steps(2, 8, 1) },
  { cpus: 2, memoryMib: steps(4, 16, 1) },
  { cpus: 4, memoryMib: steps(8, 30, 1) },
  { cpus: 8, memoryMib: steps(16, 60, 4) },
  { cpus: 16, memoryMib: steps(32, 120, 8) },
];
const UNITS_PER_CPU = 1024;

/** A task's size as a task definition spells it. @throws RangeError that names the legal sizes nearby. */
export function fargateSize(cpus: number, memoryMib: number): { cpu: string; memory: string } {
  const row = SIZES.find((size) => size.cpus === cpus);
  if (!row) {
    throw new RangeError(
      `Fargate has no size of ${cpus} vCPU; it has ${SIZES.map((size) => size.cpus).join(", ")}`,
    );
  }
  if (!row.memoryMib.includes(memoryMib)) {
    throw new RangeError(
      `Fargate has no size of ${cpus} vCPU with ${memoryMib} MiB; with ${cpus} vCPU it has ${row.memoryMib.join(", ")} MiB`,
    );
  }
  return { cpu: String(cpus * UNITS_PER_CPU), memory: String(memoryMib) };
}

function steps(firstGib: number, lastGib: number, stepGib: number): number[] {
  const count = (lastGib - firstGib) / stepGib + 1;
  return Array.from({ length: count }, (_, index) => (firstGib + index * stepGib) * GIB);
}
