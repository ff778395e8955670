// Node, started ahead of its run inside its own cell, and used once: it loads what programs usually load, then waits at
// the gate (descriptor 1022) for what to run. Nothing is shared with any other run.
'use strict';
const fs = require('fs');
const path = require('path');
const Module = require('module');
for (const name of ['assert', 'buffer', 'child_process', 'crypto', 'events', 'http', 'net', 'os', 'readline', 'stream', 'string_decoder', 'timers', 'url', 'util', 'vm', 'worker_threads', 'zlib']) {
  require(name);
}
process.stdout; process.stderr; // made from the pipes that are there already; stdin is left as it is
require('util').inspect({ a: [1, 'x', null], f() {} });
new Module('warm')._compile('class A { f() { return [1, 2].map((x) => `${x}`); } }\nnew A().f();', '/box/warm.js');

const text = fs.readFileSync(1022, 'utf8');
fs.closeSync(1022);
if (text === '') process.exit(0); // it will not be needed
const job = JSON.parse(text);
for (const file of job.files) {
  fs.mkdirSync(path.dirname(file.path), { recursive: true });
  fs.writeFileSync(file.path, Buffer.from(file.content ?? '', 'base64'), { mode: file.mode, flag: 'wx' });
}
for (const name of Object.keys(process.env)) if (!(name in job.env)) delete process.env[name];
for (const [name, value] of Object.entries(job.env)) if (process.env[name] !== value) process.env[name] = value;
process.argv = [process.execPath, '/box/' + job.argv[0], ...job.argv.slice(1)];
delete require.cache[__filename];
// From an empty stack, so that the program's traces do not end in this file.
setImmediate(() => Module.runMain());
