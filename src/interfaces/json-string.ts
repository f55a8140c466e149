import * as z from 'zod/mini';

/** A string that holds JSON, whose value is then parsed by `schema`. Text that is not JSON is an issue and never thrown. */
export function jsonString<T>(schema: z.ZodMiniType<T>) {
  return z.pipe(
    z.pipe(
      z.string(),
      z.transform((text, context): unknown => {
        try {
          return JSON.parse(text);
        } catch (error) {
          const message = `not JSON: ${error instanceof Error ? error.message : text}`;
          context.issues.push({ code: 'custom', message, input: text });
          return z.NEVER;
        }
      }),
    ),
    schema,
  );
}
