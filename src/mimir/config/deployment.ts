import type { LogLevel } from '../log-level.ts';
import type { Folders } from '../paths.ts';
import type { YamlValue } from '../yaml.ts';

/** The Mimir that one application runs: all that its configuration file depends on. */
export interface MimirDeployment extends Folders {
  /** Base URL of the application, as people and other applications reach it. */
  readonly externalUrl: string;
  /** How long a unit keeps a block on its own disk after shipping it, in milliseconds. */
  readonly blocksRetention: number;
  readonly logLevel: LogLevel;
  /** Base URLs of the Alertmanagers that get the alerts, in any order; without any, it is Mimir's own. */
  readonly alertmanagerUrls: readonly string[];
}

/** Top-level keys of the configuration file. */
export type ConfigSection = Readonly<Record<string, YamlValue>>;

/** Copies of each series, block and silence: one unit can keep but one (Mimir refuses writes with more). */
export const replicationFactor = 1;
