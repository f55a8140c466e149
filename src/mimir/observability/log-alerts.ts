import { topologyToken, unitLabels, type AlertGroup } from './alert.ts';

/** Lines of a unit that contain what `filter` says, in LogQL. */
const lines = (filter: string) => `{${topologyToken}} ${filter}`;

/** Alerts on Mimir's log, in LogQL. Mimir: lines are in logfmt; Go itself writes why a program crashed. */
export const logAlertGroups: readonly AlertGroup[] = [
  {
    name: 'mimir_log',
    alerts: [
      {
        name: 'MimirCrashed',
        expr: `sum by (${unitLabels}) (count_over_time(${lines('|~ `^(panic|fatal error): `')} [10m])) > 0`,
        for: '0m',
        severity: 'critical',
        summary: 'Mimir of {{ $labels.juju_unit }} has crashed.',
        description:
          'Go has ended the program in the last ten minutes, with a panic or for want of memory, and Pebble has started it again. Read the lines before it in the log of {{ $labels.juju_unit }}; with "out of memory", give the application more by juju set-constraints.',
      },
      {
        name: 'MimirManyErrorLines',
        expr: `sum by (${unitLabels}) (rate(${lines('|= `level=error`')} [5m])) > 1`,
        for: '10m',
        severity: 'warning',
        summary: 'Mimir of {{ $labels.juju_unit }} logs errors all the time.',
        description:
          'It has logged more than one error a second for ten minutes. Read them in the log of {{ $labels.juju_unit }}: what they have in common says what is away, mostly the object store or another unit; see juju status.',
      },
    ],
  },
];
