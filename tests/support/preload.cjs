'use strict';
// Loaded into a dispatch by NODE_OPTIONS=--require. Writes a line per HTTP request (to Pebble and to Mimir) and per
// process spawned, and kills the first dispatch of a hook in place of its N-th request: a seam that the charm itself
// knows nothing of.
const { subscribe } = require('node:diagnostics_channel');
const { appendFileSync, existsSync, writeFileSync } = require('node:fs');
const { Socket } = require('node:net');

const {
  JUJU_HOOK_NAME: hook,
  TEST_TRACE: trace,
  TEST_KILL_HOOK: killHook,
  TEST_KILL_AT: killAt,
} = process.env;
const killed = `${trace}.killed`;
const { write } = Socket.prototype;
let count = 0;

const note = (line) => appendFileSync(trace, `${hook} ${line}\n`);

Socket.prototype.write = function (data, ...rest) {
  const [, method, path] = /^([A-Z]+) (\S+) HTTP\/1\.1\r\n/.exec(String(data)) ?? [];
  if (method !== undefined) {
    count += 1;
    if (hook === killHook && count === Number(killAt) && !existsSync(killed)) {
      writeFileSync(killed, '');
      process.kill(process.pid, 'SIGKILL');
    }
    note(`${method} ${path}`);
  }
  return write.call(this, data, ...rest);
};
subscribe('child_process', ({ process: child }) => {
  note(`spawn ${child?.spawnargs?.join(' ') ?? ''}`);
});
