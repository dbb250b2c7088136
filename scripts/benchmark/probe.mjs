// Measures the probe's attempts a second beside a bare loop of failing opens: in one container, on a read-only Debian
// root filesystem, alternating. `node scripts/benchmark/probe.mjs [--rounds N] [--user UID:GID] [--json]`.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildProbe } from '../build/probe.mjs';
import { ensureEngine } from '../engine.mjs';
import { interruption } from '../lib/process.mjs';
import { debianImage } from './debian.mjs';

const source = fileURLToPath(new URL('../../probe', import.meta.url));
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    user: { type: 'string', default: '0:0' },
    json: { type: 'boolean' },
  },
});
const rounds = Number(values.rounds);

/** How many opens the bare loop makes a round. */
const OPENS = 300_000;

const PROGRAM = process.arch === 'arm64' ? 'linux-arm64' : 'linux-amd64';
const ATTACK = [
  `/bench/${PROGRAM}`,
  'attack',
  ...['/proc', '/sys', '/dev', '/bench'].flatMap((path) => ['--skip', path]),
  '/',
];

function must(program, args) {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  return { stdout: stdout.trim(), stderr: stderr.trim() };
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Attempts that were made, by the probe's own tallies. */
function attempts(lines) {
  return lines
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([kind, , answer]) => kind === 'T' && answer !== 'COVERED' && answer !== 'GONE')
    .reduce((sum, [, , , count]) => sum + Number(count), 0);
}

async function measure() {
  const image = await debianImage();
  const folder = mkdtempSync(join(tmpdir(), 'immutable-check-benchmark-'));
  let container = null;
  try {
    chmodSync(folder, 0o755);
    buildProbe(folder);
    must('make', ['-C', source, `OUT=${folder}`, `${folder}/loop`]);
    container = must('docker', [
      ...['run', '-d', '--init', '--read-only', '--network', 'none', '-v', `${folder}:/bench:ro`, image],
      ...['sleep', '3600'],
    ]).stdout;
    const exec = (...argv) => must('docker', ['exec', '-u', values.user, container, ...argv]);
    const ns = (...argv) => Number(exec('/bench/loop', ...argv).stderr);
    const made = attempts(exec(...ATTACK).stdout);
    const seen = { bare: [], probe: [], ratio: [] };
    for (let round = -1; round < rounds; round++) {
      const bare = OPENS / (ns('open', '/usr/bin/env', String(OPENS)) / 1e9);
      const probe = made / (ns('run', ...ATTACK) / 1e9);
      if (round < 0) continue;
      seen.bare.push(bare);
      seen.probe.push(probe);
      seen.ratio.push(probe / bare);
    }
    return {
      rounds,
      user: values.user,
      attempts: made,
      'attempts a second, median': Math.round(median(seen.probe)),
      'bare opens a second, median': Math.round(median(seen.bare)),
      'attempts a second, best': Math.round(Math.max(...seen.probe)),
      'bare opens a second, best': Math.round(Math.max(...seen.bare)),
      'ratio, median': Number(median(seen.ratio).toFixed(2)),
    };
  } finally {
    if (container) must('docker', ['rm', '-f', container]);
    rmSync(folder, { recursive: true });
  }
}

const engine = await ensureEngine(interruption());
try {
  const result = await measure();
  if (values.json) console.log(JSON.stringify(result, null, 2));
  else console.table([result]);
} finally {
  await engine.stop();
}
