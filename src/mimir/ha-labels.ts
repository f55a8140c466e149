/** Names of the labels by which replicated senders are told apart. */
export interface HaLabels {
  /** Says which senders send the same. */
  readonly cluster: string;
  /** Says which of these it is; Mimir takes it off what it stores. */
  readonly replica: string;
}

/** What is wrong with one of the two names. */
export interface HaLabelProblem {
  readonly label: keyof HaLabels;
  readonly problem: string;
}

/** Prometheus: what it takes for a label's name without quotes. */
const labelName = /^[a-zA-Z_][a-zA-Z0-9_]{0,127}$/;

/** Checks the names of both labels; what is wrong comes as a sentence with what to write instead. */
export function parseHaLabels(labels: HaLabels): HaLabels | HaLabelProblem {
  const trimmed = { cluster: labels.cluster.trim(), replica: labels.replica.trim() };
  for (const label of ['cluster', 'replica'] as const) {
    const problem = problemWith(trimmed[label], label);
    if (problem !== undefined) return { label, problem };
  }
  if (trimmed.cluster !== trimmed.replica) return trimmed;
  return { label: 'replica', problem: `"${trimmed.replica}" is the label of the cluster too; take another` };
}

function problemWith(name: string, label: keyof HaLabels): string | undefined {
  const example = label === 'cluster' ? 'cluster' : '__replica__';
  if (!labelName.test(name))
    return `"${name}" is not the name of a label; write letters, digits and _, such as ${example}`;
  return name === '__name__'
    ? `"${name}" is the name of the metric itself; take another, such as ${example}`
    : undefined;
}
