/** Where Mimir's API has all rule groups that the ruler is to evaluate. */
export const rulesPath = '/prometheus/config/v1/rules';

/** Where it has the rule groups of one namespace. */
export function namespacePath(namespace: string): string {
  return `${rulesPath}/${encodeURIComponent(namespace)}`;
}

/** Where it has the configuration of Mimir's own Alertmanager. */
export const alertmanagerConfigPath = '/api/v1/alerts';
