/** What every benchmark is told. */
export interface BenchmarkOptions {
  /** How many rounds count. */
  readonly rounds: number;
  /** Gets lines about what goes on. */
  readonly report: (line: string) => void;
}

/** Sets up what it measures, measures it, and returns what it found as Markdown. */
export type Benchmark = (options: BenchmarkOptions) => Promise<string>;
