// The tutorial's three images, checked with the shipped command line as a user would check them.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureEngine } from './engine.mjs';
import { requireNode } from './install.mjs';
import { makeBaseImage, published } from './lib/base-image.mjs';
import { capture, interruption, show } from './lib/process.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const reports = join('.work', 'demo');
const verdicts = ['pass', 'fail', 'error']; // by exit code
const label = 'immutable-check.demo';
const [config, local] = ['/drouter/config', '/drouter/local'];

/** What the article leads one to expect: `writable` are the protected paths that the report has to name. */
const chapters = [
  { name: 'before', says: 'started read-only, it cannot be changed', verdict: 'pass', writable: [] },
  {
    name: 'before-both',
    file: 'before',
    require: 'both',
    verdict: 'fail',
    writable: [config, local],
    says: 'but its permissions alone do not protect it',
  },
  { name: 'after', require: 'both', says: 'mended with chmod: both layers hold', verdict: 'pass', writable: [] },
  { name: 'volume', says: 'a VOLUME is writable in spite of --read-only', verdict: 'fail', writable: [config] },
];

async function demo(interrupted) {
  let engine = null;
  try {
    requireNode();
    engine = await ensureEngine(interrupted);
    const known = await imageIds();
    const seen = [];
    try {
      const base = await baseImage(interrupted);
      for (const chapter of chapters) seen.push(await play(chapter, base, interrupted));
    } finally {
      await removeImages(known, seen);
    }
    return conclude(seen);
  } catch (error) {
    console.error(`The demo could not go on: ${error.message}`);
    return 2;
  } finally {
    await engine?.stop();
  }
}

async function play(chapter, base, interrupted) {
  const folder = join(reports, chapter.name);
  rmSync(join(root, folder), { recursive: true, force: true });
  const args = commandLine(chapter, base, folder);
  console.log(`\n=== ${chapter.name}: ${chapter.says}\n\n$ node ${args.map(quoted).join(' ')}\n`);
  const code = await show(process.execPath, args, { cwd: root, interruption: interrupted });
  if (interrupted.aborted) throw new Error(`interrupted (${interrupted.reason}).`);
  return { chapter, verdict: verdicts[code] ?? `exit code ${code}`, ...readReport(join(root, folder)) };
}

function commandLine({ name, file = name, require = 'read-only' }, base, folder) {
  return [
    'dist/cli.js',
    ...['--name', `echo ${name}`],
    ...['--context', 'examples/echo', '--file', `examples/echo/${file}.Dockerfile`, '--build-args', `BASE=${base}`],
    ...['--port', '8080'],
    ...['--smoke-test', 'curl -s http://localhost:8080/immutable'],
    ...['--expect', '{"method":"GET","uri":"/immutable"}'],
    ...['--protected-paths', config, '--protected-paths', local],
    ...['--require', require],
    ...['--report-dir', folder],
  ];
}

/** What the report says: which protected paths its errors are about, and which images were checked. No report: nothing. */
function readReport(folder) {
  let report;
  try {
    report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return { named: [], images: [] };
    throw error;
  }
  const wrong = report.targets.flatMap((target) => target.findings).filter((finding) => finding.level === 'error');
  const concerns = (path) => wrong.some((finding) => `${finding.path}/`.startsWith(`${path}/`));
  const images = report.targets.map((target) => target.image?.id).filter((id) => typeof id === 'string');
  return { named: [config, local].filter(concerns), images };
}

function conclude(seen) {
  const rows = seen.map(({ chapter, verdict, named }) => {
    const asTold = verdict === chapter.verdict && named.join() === chapter.writable.join();
    return {
      asTold,
      cells: [chapter.name, told(chapter.verdict, chapter.writable), told(verdict, named), asTold ? 'yes' : 'NO'],
    };
  });
  console.log('\n=== What was seen\n');
  printTable([['check', 'the article leads one to expect', 'seen', 'agrees'], ...rows.map((row) => row.cells)]);
  const different = rows.filter((row) => !row.asTold).length;
  if (different > 0) console.log(`\n${different} of ${rows.length} checks did not end as told.`);
  return different > 0 ? 1 : 0;
}

function told(verdict, paths) {
  return paths.length === 0 ? verdict : `${verdict}: ${paths.join(', ')}`;
}

function printTable(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
}

/** One of this demo's own where this machine has a busybox to make it of; a registry's elsewhere. */
async function baseImage(interrupted) {
  const tag = `immutable-check-demo/busybox:${process.pid}`;
  return (await makeBaseImage(tag, { [label]: `${process.pid}` }, interrupted)) ? tag : published;
}

/** Every image of this engine, to tell what was here before. */
async function imageIds() {
  const { code, stdout, stderr } = await capture('docker', ['image', 'ls', '--all', '--quiet', '--no-trunc']);
  if (code !== 0) throw new Error(`the engine does not list its images: ${stderr.trim()}`);
  return new Set(lines(stdout));
}

/**
 * By ID, and only what was not here before. What is built on this demo's own base inherits its label, and is found also
 * where a check ended without a report; what is built on a registry's base is known from the reports.
 */
async function removeImages(known, seen) {
  const ours = ['image', 'ls', '--quiet', '--no-trunc', '--filter', `label=${label}=${process.pid}`];
  const labelled = lines((await capture('docker', ours)).stdout);
  const ids = new Set([...seen.flatMap((one) => one.images), ...labelled]);
  for (const id of ids) {
    if (known.has(id)) continue;
    const removed = await capture('docker', ['image', 'rm', id]);
    if (removed.code !== 0 && !/no such image/i.test(removed.stderr))
      console.error(`Left behind: image ${id}: ${removed.stderr.trim()}`);
  }
}

function lines(text) {
  return text.split('\n').filter((line) => line !== '');
}

/** For a shell, as one would type it. */
function quoted(word) {
  return /^[\w./:=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

process.exitCode = await demo(interruption());
