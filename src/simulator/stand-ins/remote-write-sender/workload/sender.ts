// The workload of the stand-in `remote-write-sender`: what Pebble runs in the container `sender`.
// usage: node sender.ts TARGETS-FILE PORT
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { senderTargets, type SenderTargets } from '../targets.ts';
import { createFanOut } from './fan-out.ts';
import { createGenerator } from './generator.ts';
import { postWriteRequest } from './post.ts';
import { createJournalServer } from './server.ts';

/** How often the targets file is looked at, in ms. */
const watchMs = 250;

const [targetsFile = '', port = ''] = process.argv.slice(2);

function readTargets(): SenderTargets {
  return senderTargets.parse(JSON.parse(readFileSync(targetsFile, 'utf8')));
}

function log(line: string): void {
  process.stdout.write(`${line}\n`);
}

let targets = readTargets();
const fanOut = createFanOut({
  post: (write) => postWriteRequest({ ...write, authorities: targets.authorities }),
  log,
});
const generator = createGenerator(targets, fanOut, Date.now);
const server = createJournalServer(generator).listen(Number(port));

let ticker: NodeJS.Timeout | undefined;

/** Ticks at whole intervals after the last one, so that a late timer does not shift the ones that follow. */
function schedule(due: number): void {
  ticker = setTimeout(
    () => {
      generator.tick();
      schedule(Math.max(due + targets.intervalMs, Date.now() - targets.intervalMs));
    },
    Math.max(0, due - Date.now()),
  );
}
schedule(Date.now());

watchFile(targetsFile, { interval: watchMs }, () => {
  try {
    targets = readTargets();
    generator.retarget(targets);
  } catch (error) {
    log(`cannot read ${targetsFile}: ${String(error)}; goes on with what it said before`);
  }
});

process.once('SIGTERM', () => {
  clearTimeout(ticker);
  unwatchFile(targetsFile);
  server.close();
  fanOut.retarget([]);
});
