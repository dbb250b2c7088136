// Measures the shipped action beside the least shell script that does run, poll, one exec, rm, in one run, alternating.
// Prints a table, and JSON with --json. Rounds: --rounds N (default 10, after one warm-up).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { debianImage } from './benchmark/debian.mjs';
import { echoImage } from './benchmark/echo.mjs';
import { ensureEngine } from './engine.mjs';
import { interruption } from './lib/process.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '10' }, json: { type: 'boolean' } } });
const rounds = Number(values.rounds);

/** What people write by hand, at its best: poll every 10 ms, one exec, remove. */
const script = `
set -eu
id=$(docker run -d --read-only --tmpfs /run --tmpfs /tmp -p 127.0.0.1::8080 "$1")
trap 'docker rm -f "$id" > /dev/null' EXIT
port=$(docker inspect -f '{{(index (index .NetworkSettings.Ports "8080/tcp") 0).HostPort}}' "$id")
until [ "$(curl -s "http://127.0.0.1:$port/immutable")" = '{"method":"GET","uri":"/immutable"}' ]; do sleep 0.01; done
if docker exec "$id" touch /drouter/config/x 2> /dev/null; then exit 1; fi
`;

function time(program, args, options = {}) {
  const start = performance.now();
  const { status, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    ...options,
  });
  const ms = performance.now() - start;
  if (error) throw error;
  return { ms, status, stderr };
}

/** The action as a runner starts it. Gives its wall time and its report. */
function action(image, inputs) {
  const folder = mkdtempSync(join(tmpdir(), 'immutable-check-benchmark-'));
  const env = Object.fromEntries(
    Object.entries({ image, comment: 'never', 'report-dir': folder, ...inputs }).map(([name, value]) => [
      `INPUT_${name.toUpperCase()}`,
      value,
    ]),
  );
  const files = Object.fromEntries(
    ['GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY'].map((name) => [name, join(folder, name)]),
  );
  for (const file of Object.values(files)) spawnSync('touch', [file]);
  const done = time(process.execPath, [join(root, 'dist/index.js')], { env: { ...process.env, ...env, ...files } });
  const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
  rmSync(folder, { recursive: true });
  return { ...done, report };
}

const smoke = {
  port: '8080',
  'smoke-test': 'curl -s http://localhost:8080/immutable',
  expect: '{"method":"GET","uri":"/immutable"}',
};

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const ms = (numbers) =>
  `${Math.round(median(numbers))} (${Math.round(Math.min(...numbers))}–${Math.round(Math.max(...numbers))})`;

async function measure() {
  const echo = await echoImage();
  const cases = {
    'hand-written script': () => time('sh', ['-c', script, 'script', echo]),
    'action, layers: read-only': () => action(echo, { ...smoke, layers: 'read-only' }),
    'action, layers: both': () => action(echo, { ...smoke }),
  };
  const times = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const [name, run] of Object.entries(cases)) {
      const done = run();
      if (done.status !== 0)
        throw new Error(
          `${name} ended with exit status ${done.status}: ${done.stderr}${JSON.stringify(done.report?.targets[0].error ?? '')}`,
        );
      if (round >= 0) times[name].push(done.ms);
    }
  }
  const script1 = median(times['hand-written script']);
  const rows = Object.entries(times).map(([name, all]) => ({
    case: name,
    'ms, median (range)': ms(all),
    'times the script': (median(all) / script1).toFixed(2),
  }));

  const debian = await debianImage();
  const attacks = { empty: [], attack: [], attempts: 0, inside: [] };
  const id = spawnSync('docker', ['run', '-d', '--read-only', '--network', 'none', debian, 'sleep', '3600'], {
    encoding: 'utf8',
  }).stdout.trim();
  try {
    for (let round = -1; round < rounds; round++) {
      const empty = time('docker', ['exec', id, '/bin/true']);
      const done = action(debian, { command: 'sleep 3600', layers: 'read-only', 'run-options': '--network none' });
      if (done.status !== 0)
        throw new Error(
          `The Debian image was not a pass: ${JSON.stringify(done.report.targets[0].findings)} ${JSON.stringify(done.report.targets[0].error)}`,
        );
      if (round < 0) continue;
      attacks.empty.push(empty.ms);
      const [attack] = done.report.targets[0].attack;
      attacks.attack.push(attack.ms);
      attacks.attempts = attack.attempts;
    }
  } finally {
    spawnSync('docker', ['rm', '-f', id]);
  }
  return {
    rounds,
    node: process.version,
    echo: rows,
    debian: {
      attempts: attacks.attempts,
      'attack, ms, median (range)': ms(attacks.attack),
      'empty docker exec, ms, median (range)': ms(attacks.empty),
      'times the empty exec': (median(attacks.attack) / median(attacks.empty)).toFixed(2),
    },
  };
}

const engine = await ensureEngine(interruption());
try {
  const result = await measure();
  if (values.json) console.log(JSON.stringify(result, null, 2));
  else {
    console.table(result.echo);
    console.log(`A whole Debian root filesystem (protected-paths: /), ${result.rounds} rounds:`);
    console.table([result.debian]);
  }
} finally {
  await engine.stop();
}
