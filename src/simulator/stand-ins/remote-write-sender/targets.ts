import { z } from 'zod';

/** File in the container `sender` by which the charm tells the workload what to send, and where. */
export const targetsFile = '/etc/sender/targets.json';

/** Port of the workload's own HTTP interface. */
export const journalPort = 9201;

/** Content of {@link targetsFile}. */
export const senderTargets = z.object({
  /** Distinct remote-write URLs; every sample goes to each of them. */
  urls: z.array(z.string()),
  /** Labels of every series: Juju's topology, `instance`, and those of the sender itself. */
  labels: z.record(z.string(), z.string()),
  intervalMs: z.int().min(1),
  series: z.int().min(0),
  metricPrefix: z.string().regex(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/, 'is no start of a metric name'),
  seed: z.number(),
  /** Whether the counters are those of targets that all units read, so that their values go by the time. */
  shared: z.boolean().default(false),
  /** Certificates in PEM of whom the workload trusts beside the machine's own authorities. */
  authorities: z.array(z.string()).default([]),
});

/** What the workload sends, and where. */
export type SenderTargets = Readonly<z.infer<typeof senderTargets>>;

const remoteWriteBag = z.object({ url: z.url({ protocol: /^https?$/ }) });

/**
 * The distinct URLs that remote units publish under `remote_write`, sorted. A unit that published none, or
 * something that is no such URL, counts for nothing: other people's data may be anything.
 */
export function distinctUrls(remoteUnitBags: readonly Readonly<Record<string, string>>[]): string[] {
  return [...new Set(remoteUnitBags.flatMap(publishedUrl))].sort();
}

function publishedUrl(bag: Readonly<Record<string, string>>): string[] {
  try {
    const parsed = remoteWriteBag.safeParse(JSON.parse(bag['remote_write'] ?? 'null'));
    return parsed.success ? [parsed.data.url] : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
