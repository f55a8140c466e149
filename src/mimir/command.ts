import { paths } from './paths.ts';

/** Where the upstream image has Mimir's binary. */
const binary = '/bin/mimir';

/** Command line that runs Mimir; only the configuration file says how. */
export function runCommand(config: string = paths.config): readonly string[] {
  return [binary, `-config.file=${config}`];
}

/**
 * Command line that checks a configuration and starts nothing: it lists Mimir's modules and exits 0, or exits 1 with
 * the reason on stderr (Mimir: 80 to 150 ms). It lets some mistakes pass, so Mimir is watched after a restart too.
 */
export function validateCommand(config: string = paths.candidateConfig): readonly string[] {
  return [...runCommand(config), '-modules'];
}

/** Command line that prints the version. */
export const versionCommand: readonly string[] = [binary, '-version'];

/**
 * Reads the version from what `versionCommand` or `buildinfo` says; undefined if the build does not know its own.
 * Mimir: `Mimir, version 3.0.5 (branch: HEAD, revision: 1a2b3c)`, and `version unknown` when built without release flags.
 */
export function parseVersion(output: string): string | undefined {
  const version = /\bversion (\S+)/.exec(output)?.[1];
  return version === 'unknown' ? undefined : version;
}

/**
 * Reads why Mimir refused a configuration from what `validateCommand` printed, in one line.
 * Mimir: `error loading config from FILE: error parsing config file: REASON`, where REASON may have several lines, or
 * `error validating config: REASON`.
 */
export function parseRefusal(output: string): string {
  const line = output
    .trim()
    .split(/\s*\n\s*/)
    .join(' ');
  return line.replace(
    /^error (validating config|loading config from [^:]*): (error parsing config file: )?/,
    '',
  );
}
