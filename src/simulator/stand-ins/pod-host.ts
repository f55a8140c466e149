import type { Environment } from '../../juju/index.ts';

/** The name under which other pods reach this unit's (Juju: the headless Service `<app>-endpoints`). */
export function podHost({ unitName, appName, modelName }: Environment): string {
  return `${unitName.replace('/', '-')}.${appName}-endpoints.${modelName}.svc.cluster.local`;
}
