import type { AlertGroup } from './alert.ts';
import { rulerAndAlertmanager, samples } from './component-alerts.ts';
import { configuration, requests, units } from './unit-alerts.ts';

/** All alerts on Mimir's own metrics. */
export const alertGroups: readonly AlertGroup[] = [
  units,
  requests,
  configuration,
  rulerAndAlertmanager,
  samples,
];
