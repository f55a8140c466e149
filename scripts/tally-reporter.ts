/** A reporter of Vitest that writes what was counted, and each failure in a line, to the file that `TALLY_FILE` names. */
import { writeFileSync } from 'node:fs';
import type { SerializedError, TestModule, TestSuite } from 'vitest/node';

/** What one run of Vitest came to. */
export interface RunTally {
  readonly passed: number;
  readonly skipped: number;
  /** File, name and the first line of the error of what failed: a test, the hooks of a group, or a whole file. */
  readonly failures: readonly string[];
}

/** Vitest's own JSON report leaves out why the hook of a group failed. */
export default class TallyReporter {
  /** Writes the tally; `unhandled` are errors that belong to no test. */
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const counted = (state: string) => tests.filter((test) => test.result().state === state).length;
    const tally: RunTally = {
      passed: counted('passed'),
      skipped: counted('skipped') + counted('pending'),
      failures: [...modules.flatMap(failuresOf), ...unhandled.map((error) => firstLine(error.message))],
    };
    writeFileSync(process.env['TALLY_FILE'] ?? '', JSON.stringify(tally));
  }
}

function failuresOf(module: TestModule): readonly string[] {
  const suites: readonly (TestModule | TestSuite)[] = [module, ...module.children.allSuites()];
  const ofSuites = suites.flatMap((suite) =>
    suite.errors().map((error) => [suite.type === 'suite' ? suite.fullName : 'the file', error] as const),
  );
  const ofTests = [...module.children.allTests()].flatMap((test) =>
    (test.result().errors ?? []).map((error) => [test.fullName, error] as const),
  );
  return [...ofSuites, ...ofTests].map(
    ([name, error]) => `${module.relativeModuleId}: ${name}: ${firstLine(error.message)}`,
  );
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
