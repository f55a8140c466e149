import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** Place-holder for Juju's topology in rule expressions, with the comma that may follow it (Juju: interface convention). */
const token = /%%juju_topology%%\s*,?/g;

/**
 * Restricts a PromQL expression to the series that carry `labels`: removes the place-holder `%%juju_topology%%` and adds an equality
 * matcher for each label to every vector selector, save where the selector already has a matcher for that label.
 *
 * @returns the expression, or a sentence saying where it is not PromQL.
 */
export function injectMatchers(
  expr: string,
  labels: Readonly<Record<string, string>>,
): { readonly expr: string } | { readonly problem: string } {
  const plain = expr.replace(token, '');
  const tree = parser.parse(plain);
  const mistake = findMistake(tree, plain);
  if (mistake !== undefined) return { problem: describeMistake(plain, mistake) };
  const pieces: string[] = [];
  let end = 0;
  for (const selector of selectorsOf(tree)) {
    const { at, text } = insertion(selector, plain, labels);
    pieces.push(plain.slice(end, at), text);
    end = at;
  }
  return { expr: [...pieces, plain.slice(end)].join('') };
}

/** Offset of the first error node, or of the first string literal without its end, which the grammar lets pass. */
function findMistake(tree: Tree, expr: string): number | undefined {
  let mistake: number | undefined;
  tree.iterate({
    enter: ({ type, from, to }) => {
      const unended = type.name === 'StringLiteral' && (to - from < 2 || expr[from] !== expr[to - 1]);
      if (mistake === undefined && (type.isError || unended)) mistake = from;
    },
  });
  return mistake;
}

function describeMistake(expr: string, offset: number): string {
  const before = expr.slice(0, offset).split('\n');
  const rest = expr.slice(offset).trim();
  const what = rest === '' ? 'it ends too early' : `unexpected "${rest.slice(0, 20)}"`;
  return `not a PromQL expression: ${what} (line ${before.length}, character ${(before.at(-1)?.length ?? 0) + 1})`;
}

/** The vector selectors, in the order of the text; none lies within another. */
function selectorsOf(tree: Tree): SyntaxNode[] {
  const selectors: SyntaxNode[] = [];
  tree.iterate({
    enter: ({ name, node }) => {
      if (name === 'VectorSelector') selectors.push(node);
    },
  });
  return selectors;
}

function insertion(selector: SyntaxNode, expr: string, labels: Readonly<Record<string, string>>) {
  const braces = selector.getChild('LabelMatchers');
  const present = braces === null ? new Set<string>() : matchedLabels(braces, expr);
  const text = Object.keys(labels)
    .sort()
    .filter((label) => !present.has(label))
    .map((label) => `${label}=${JSON.stringify(labels[label])}`)
    .join(',');
  if (braces === null) return { at: selector.to, text: text === '' ? '' : `{${text}}` };
  // In front of the others: behind them there may be a comma already, or a comment.
  return { at: braces.from + 1, text: text !== '' && present.size > 0 ? `${text},` : text };
}

/** Names in front of a selector's matchers, without their quotes; a quoted metric name counts as one. */
function matchedLabels(braces: SyntaxNode, expr: string): Set<string> {
  const names = new Set<string>();
  for (let child = braces.firstChild; child !== null; child = child.nextSibling) {
    const label = child.name === 'QuotedLabelName' ? child : child.firstChild;
    if (label !== null) names.add(expr.slice(label.from, label.to).replace(/^(["'`])(.*)\1$/s, '$2'));
  }
  return names;
}
