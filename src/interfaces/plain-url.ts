import * as z from 'zod/mini';

/**
 * A URL that every reader takes for the same: Mimir splits a list of them at commas, and one that Go cannot parse would stop every rule.
 * A password would show in Mimir's `/config`, and a query or fragment would be lost.
 */
const plainUrl =
  /^https?:\/\/(\[[0-9a-f:.]+\]|[a-z0-9][a-z0-9._-]*)(:\d+)?(\/([A-Za-z0-9._~/-]|%[0-9A-Fa-f]{2})*)?$/;

/** No URL of a Service or an ingress is longer, in characters; of millions, the patterns would not be done in time. */
const longest = 2048;

/**
 * A schema for the base URL of something, which `example` is one of: normalised, without a slash at its end.
 *
 * @param faultOf - says what else is wrong with it, if anything.
 */
export function baseUrl(
  example: string,
  faultOf: (url: string) => string | undefined = () => undefined,
): z.ZodMiniType<string> {
  return z.pipe(
    z.string(),
    z.transform((text, context) => {
      const url = text.length > longest ? '' : (URL.parse(text)?.href.replace(/\/+$/, '') ?? '');
      const fault = plainUrl.test(url) ? faultOf(url) : `not a plain URL such as ${example}`;
      if (fault !== undefined) context.issues.push({ code: 'custom', message: fault, input: text });
      return url;
    }),
  );
}
