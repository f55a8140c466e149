'use strict';
// Runs bundle.cjs with V8's code cache of it, so that a start compiles nothing. Without a cache that fits (one of another
// Node.js or architecture, a damaged one, none) it runs all the same, only slower.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

function readCache() {
  try {
    // V8 looks at its own version and at lengths, not at the content. The file holds the cache twice: to compare the
    // halves is the cheapest way to tell a damaged one.
    const twice = readFileSync(join(__dirname, 'bundle.jsc'));
    const half = twice.subarray(0, twice.length / 2);
    return half.equals(twice.subarray(half.length)) ? half : undefined;
  } catch {
    return undefined;
  }
}

// The bundle is ASCII but for comments, and as Latin-1 it is read without being looked through.
const source = readFileSync(join(__dirname, 'bundle.cjs'), 'latin1');
new Script(source, { filename: 'bundle.cjs', cachedData: readCache() }).runInThisContext()(require);
