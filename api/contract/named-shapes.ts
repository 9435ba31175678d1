// Shapes that stand in the OpenAPI document once, under a name, and are referred to.
import { z } from "zod";

export const NAMED = new Map<string, z.ZodType>();

/** Gives a shape its name in the document. */
export function named<T extends z.ZodType>(id: string, shape: T, description?: string): T {
  NAMED.set(id, shape);
  if (description !== undefined) z.globalRegistry.add(shape, { description });
  return shape;
}
