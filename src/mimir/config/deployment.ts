import type { Folders } from '../paths.ts';
import type { YamlValue } from '../yaml.ts';

/** How much Mimir logs. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** The Mimir that one application runs: all that its configuration file depends on. */
export interface MimirDeployment extends Folders {
  /** Base URL of the application, as people and other applications reach it. */
  readonly externalUrl: string;
  /** How long a unit keeps a block on its own disk after shipping it, in milliseconds. */
  readonly blocksRetention: number;
  readonly logLevel: LogLevel;
}

/** Top-level keys of the configuration file. */
export type ConfigSection = Readonly<Record<string, YamlValue>>;

/** Copies of each series, block and silence: one unit can keep but one (Mimir refuses writes with more). */
export const replicationFactor = 1;
