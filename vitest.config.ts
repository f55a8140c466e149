import { defineConfig } from 'vitest/config';

/**
 * A project of tests: its folders, and the time in ms that one of its tests may take. That ends a test that hangs, however
 * slow the machine is; no test is to come near it.
 */
const layer = (name: string, include: string[], testTimeout: number) => ({
  test: { name, include, testTimeout, hookTimeout: testTimeout },
});

export default defineConfig({
  test: {
    projects: [
      layer('unit', ['tests/unit/**/*.test.ts'], 60_000),
      layer('state', ['tests/state/**/*.test.ts'], 60_000),
      layer('contract', ['tests/contract/**/*.contract.ts'], 60_000),
      layer('simulator', ['tests/simulator/**/*.test.ts'], 240_000),
      layer('integration', ['tests/integration/**/*.test.ts'], 480_000),
    ],
  },
});
