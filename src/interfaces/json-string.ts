import { z } from 'zod';

/** A string that holds JSON, whose value is then parsed by `schema`. Text that is not JSON is an issue and never thrown. */
export function jsonString<T>(schema: z.ZodType<T>) {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch (error) {
        context.addIssue(`not JSON: ${error instanceof Error ? error.message : text}`);
        return z.NEVER;
      }
    })
    .pipe(schema);
}
