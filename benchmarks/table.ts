/** A table of texts: every row has a cell for each heading. */
export interface Table {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Writes a table in Markdown, as Prettier would: names in the first column, figures to the right in the others. */
export function markdownTable({ headings, rows }: Table): string {
  const lines = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(3, ...lines.map((line) => line[column]?.length ?? 0)));
  const align = (cell: string, column: number) => {
    const width = widths[column] ?? 0;
    return column === 0 ? cell.padEnd(width) : cell.padStart(width);
  };
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  const written = [headings.map(align), rule, ...rows.map((row) => row.map(align))];
  return written.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}
