'use strict';
// Loaded into a dispatch by NODE_OPTIONS=--require. Writes a line per HTTP request (to Pebble and to Mimir) and per
// process spawned, and kills the first dispatch of a hook in place of its N-th request: a seam that the charm itself
// knows nothing of.
const { subscribe } = require('node:diagnostics_channel');
const { appendFileSync, existsSync, writeFileSync } = require('node:fs');
const http = require('node:http');

const {
  JUJU_HOOK_NAME: hook,
  TEST_TRACE: trace,
  TEST_KILL_HOOK: killHook,
  TEST_KILL_AT: killAt,
} = process.env;
const killed = `${trace}.killed`;
const { request } = http;
let count = 0;

const note = (line) => appendFileSync(trace, `${hook} ${line}\n`);

http.request = (...args) => {
  count += 1;
  if (hook === killHook && count === Number(killAt) && !existsSync(killed)) {
    writeFileSync(killed, '');
    process.kill(process.pid, 'SIGKILL');
  }
  const outgoing = request(...args);
  note(`${outgoing.method} ${outgoing.path}`);
  return outgoing;
};
subscribe('child_process', ({ process: child }) => {
  note(`spawn ${child?.spawnargs?.join(' ') ?? ''}`);
});
