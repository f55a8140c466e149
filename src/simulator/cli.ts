// usage: juju-sim COMMAND [ARGUMENT…]   (juju-sim help)
import { connect } from './client.ts';
import { main } from './cli/main.ts';
import { buildPrograms, startSimulator } from './cli/start.ts';
import { stateFolderPath } from './cli/state-folder.ts';

const stateFolder = stateFolderPath(process.env, process.getuid?.() ?? 0);
const client = connect(stateFolder);
/** How long a command that follows or repeats has to end by itself after Ctrl-C, in ms; any other ends then. */
const interruptMs = 100;
const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    interrupt.abort();
    setTimeout(() => process.exit(130), interruptMs).unref();
  });
}
const stderr = (text: string) => {
  process.stderr.write(text);
};
const report = (line: string) => {
  stderr(`${line}\n`);
};
// A reader that has seen enough, such as `head`, closes the pipe: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await main(process.argv.slice(2), {
  client,
  stateFolder,
  workingFolder: process.cwd(),
  stdout: (text) => {
    process.stdout.write(text);
  },
  stderr,
  interrupted: interrupt.signal,
  start: (forwards = []) =>
    startSimulator({
      client,
      stateFolder,
      forwards,
      report,
    }),
  build: (programs) => buildPrograms(programs, report),
});
