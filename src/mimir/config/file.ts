import { fnv1a } from '../fnv1a.ts';
import { renderYaml, type YamlValue } from '../yaml.ts';

/**
 * Renders a file of YAML, whose first line tells it from all others. A file that is there already says by it whether it
 * is of the same values and as it was written: then it is returned as it is, since to render it again would take longer
 * than all else of a dispatch that changes nothing.
 */
export function renderFile(values: YamlValue, held?: string): string {
  const source = JSON.stringify(values);
  if (held !== undefined && held === sealed(source, held.slice(held.indexOf('\n') + 1))) return held;
  return sealed(source, renderYaml(values));
}

function sealed(source: string, text: string): string {
  const fingerprint = fnv1a(JSON.stringify([source, text]));
  return `# Written by mimir-k8s, which undoes what others change here (${fingerprint}).\n${text}`;
}
