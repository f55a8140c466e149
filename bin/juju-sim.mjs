#!/usr/bin/env node
// The `juju-sim` command: a small Juju on this machine. Runs src/simulator/cli.ts on the pinned Node.js.
import { start } from '../scripts/start.mjs';

start('src/simulator/cli.ts', process.argv.slice(2));
