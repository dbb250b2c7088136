// `npm run benchmark`: the shipped action beside the script that people write by hand and other ways to the same end.
// docs/benchmark.md says what is measured and why.
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { action, inputs, shipped } from './benchmark/action.mjs';
import { must } from './benchmark/clock.mjs';
import { insert } from './benchmark/document.mjs';
import { removal, subjects } from './benchmark/images.mjs';
import { machine } from './benchmark/machine.mjs';
import { peakMemory } from './benchmark/memory.mjs';
import { listing } from './benchmark/naive.mjs';
import { peersFor } from './benchmark/peers.mjs';
import { markdown } from './benchmark/report.mjs';
import { handWritten, label } from './benchmark/script.mjs';
import { size } from './benchmark/size.mjs';
import { coldStart } from './benchmark/start.mjs';
import { measureSubject } from './benchmark/subject.mjs';
import { measureTen, ten } from './benchmark/ten.mjs';
import { ensureEngine } from './engine.mjs';
import { interruption } from './lib/process.mjs';

const cases = [...Object.keys(subjects), 'ten', 'dist', 'memory'];
const help = `npm run benchmark -- [options]

  --rounds N       rounds that count, after one that warms up (10)
  --only A,B       only these of ${cases.join(', ')}
  --before FOLDER  measures another dist/ beside the shipped one, in the same rounds
  --json FILE      writes every figure there
  --write FILE     puts the table between the markers of this document

The images stay for the next run. To remove them:
  ${removal}
The peers stay in .work/peers.
`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    only: { type: 'string', default: cases.join(',') },
    before: { type: 'string' },
    json: { type: 'string' },
    write: { type: 'string' },
    help: { type: 'boolean' },
  },
});

process.exitCode = values.help ? usage() : await main();

function usage() {
  console.log(help);
  return 0;
}

async function main() {
  const rounds = Number(values.rounds);
  const only = values.only.split(',');
  const unknown = only.filter((name) => !cases.includes(name));
  if (unknown.length > 0 || !(Number.isInteger(rounds) && rounds > 0)) {
    console.error(
      `${unknown.length > 0 ? `There is no case ${unknown.join(', ')}.` : 'ROUNDS must be a whole number above 0.'}\n\n${help}`,
    );
    return 2;
  }
  const document = values.write ? readFileSync(values.write, 'utf8') : null;
  if (document !== null) insert(document, ''); // A document without markers is told before, not at the end.
  const interrupted = interruption();
  const engine = await ensureEngine(interrupted);
  try {
    const result = await measure(only, rounds, interrupted);
    const text = markdown(result);
    console.log(text);
    if (values.json) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
    if (document !== null) writeFileSync(values.write, insert(document, text));
    return 0;
  } catch (error) {
    console.error(error.message);
    return 1;
  } finally {
    await sweep();
    await engine.stop();
  }
}

/** Everything chosen, one case after the other. What is told on the way goes to standard error. */
async function measure(only, rounds, interrupted) {
  const dists = { ...(values.before ? { 'action before': resolve(values.before) } : {}), action: shipped };
  const result = { machine: await machine(), rounds, cases: {}, skipped: [] };
  const tell = (text) => console.error(text);
  if (result.machine.load > 0.5) tell(`The machine is not quiet (load average ${result.machine.load.toFixed(1)}).`);
  const made = {};
  const subject = async (name) => {
    if (!made[name]) tell(`${name}: the image`);
    made[name] ??= { ...subjects[name], image: await subjects[name].make() };
    return made[name];
  };

  for (const name of Object.keys(subjects).filter((one) => only.includes(one))) {
    const one = await subject(name);
    const { paths, files } = await listing(one);
    // 200,000 modes, one by one, are not what a peer is for.
    const peers =
      name === 'tree' ? { contestants: [], skipped: [], remove() {} } : await peersFor(one, files, interrupted);
    for (const line of peers.skipped) tell(`SKIPPED: ${line}`);
    result.skipped.push(...peers.skipped);
    const how = { rounds, interruption: interrupted, tell: (text) => tell(`${name}: ${text}`) };
    try {
      result.cases[name] = await measureSubject(one, { dists, paths, peers: peers.contestants, ...how });
    } finally {
      peers.remove();
    }
  }
  if (only.includes('ten')) result.ten = await measureAllTen(await subject('echo'), dists, rounds, interrupted, tell);
  if (only.includes('dist')) {
    tell('dist: cold start and size');
    result.dist = { start: await coldStart(inputs(await subject('echo'), 'both'), rounds), size: size(shipped) };
  }
  if (only.includes('memory')) {
    tell('memory: of one check each');
    const of = async (name) => peakMemory(inputs(await subject(name), 'both'), shipped);
    result.memory = { echo: await of('echo'), both: await of('tree') };
  }
  return result;
}

async function measureAllTen(echo, dists, rounds, interrupted, tell) {
  const most = Math.min(rounds, 5);
  const contestants = [
    ...ten('script', 'hand-written script', () => handWritten(echo, ['touch', '/etc/x']), most),
    ...Object.entries(dists).flatMap(([title, dist]) =>
      ten(dist === shipped ? 'action' : title, title, () => action(inputs(echo, 'read-only'), { dist }), most),
    ),
  ];
  const how = { rounds: most, interruption: interrupted, tell: (text) => tell(`ten: ${text}`) };
  const measured = await measureTen(contestants, how);
  const of = (key) => measured.find((one) => one.key === key).ms;
  return { contestants: measured, serial: of('action serial'), parallel: of('action parallel') };
}

/** What an interrupted script left behind: only what this very run started bears its label. */
async function sweep() {
  const { stdout } = await must('docker', ['ps', '--all', '--quiet', '--filter', `label=${label}`]);
  const ids = stdout.split('\n').filter((id) => id !== '');
  if (ids.length > 0) await must('docker', ['rm', '--force', '--volumes', ...ids]);
}
