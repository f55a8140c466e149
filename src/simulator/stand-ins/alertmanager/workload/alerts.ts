import { z } from 'zod';
import { fingerprintOf } from './fingerprint.ts';

const labels = z.record(z.string(), z.string());
/** Go writes a time that was never set as the year 1; it counts as none. */
const time = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)), 'is no time')
  .transform((text) => (text.startsWith('0001-') ? undefined : Date.parse(text)));

/** What Prometheus and Mimir post: one alert each, firing or resolved (Alertmanager: postableAlerts). */
export const postableAlerts = z.array(
  z.object({
    labels,
    annotations: labels.default({}),
    startsAt: time.optional(),
    endsAt: time.optional(),
    generatorURL: z.string().default(''),
  }),
);

type Postable = z.output<typeof postableAlerts>[number];

/** An alert that was received; times in milliseconds since the epoch. */
export interface Alert {
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly updatedAt: number;
  readonly generatorURL: string;
}

/** The alerts that were received, the last of each fingerprint. */
export interface AlertStore {
  /** Takes alerts, and says what is wrong with those that it does not take. */
  put(alerts: readonly Postable[]): string[];
  /** All alerts, the active ones first, in the order in which they began. */
  all(): readonly (Alert & { readonly state: 'active' | 'resolved' })[];
}

/** How long an alert without an end is active, in ms (Alertmanager: global resolve_timeout). */
const resolveTimeout = 5 * 60_000;

/** Makes an empty store; `now` gives milliseconds since the epoch. */
export function createAlertStore(now: () => number): AlertStore {
  const alerts = new Map<string, Alert>();
  return {
    put(posted) {
      const reasons: string[] = [];
      for (const each of posted) {
        const alert = complete(each, now());
        const reason = reasonToRefuse(alert);
        if (reason !== undefined) reasons.push(reason);
        else alerts.set(alert.fingerprint, merged(alerts.get(alert.fingerprint), alert));
      }
      return reasons;
    },
    all() {
      const found = [...alerts.values()].map((alert) => {
        const state = alert.endsAt > now() ? ('active' as const) : ('resolved' as const);
        return { ...alert, state };
      });
      return found.sort((a, b) => a.state.localeCompare(b.state) || a.startsAt - b.startsAt);
    },
  };
}

/** Alertmanager: api/v2, postAlertsHandler; an empty label is none. */
function complete({ startsAt, endsAt, ...posted }: Postable, now: number): Alert {
  const kept = Object.fromEntries(Object.entries(posted.labels).filter(([, value]) => value !== ''));
  return {
    ...posted,
    labels: kept,
    fingerprint: fingerprintOf(kept),
    startsAt: startsAt ?? endsAt ?? now,
    endsAt: endsAt ?? now + resolveTimeout,
    updatedAt: now,
  };
}

function reasonToRefuse({ labels: found, startsAt, endsAt }: Alert): string | undefined {
  if (Object.keys(found).length === 0) return 'at least one label pair required';
  return endsAt < startsAt ? 'start time must be before end time' : undefined;
}

/** An alert that goes on keeps its beginning. */
function merged(before: Alert | undefined, alert: Alert): Alert {
  const goesOn = before !== undefined && before.endsAt >= alert.startsAt;
  return goesOn ? { ...alert, startsAt: Math.min(before.startsAt, alert.startsAt) } : alert;
}
