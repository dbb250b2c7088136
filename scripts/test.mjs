// `npm test`: the lint, then jest, on an engine that is started where none runs. The last line counts.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBusybox, ensureEmulator, ensureEngine } from './engine.mjs';
import { ensureCompiler, ensureDependencies } from './install.mjs';
import { capture, exitCode, interruption, show } from './lib/process.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const results = join(root, '.work', 'jest.json');
const inModules = (...path) => join(root, 'node_modules', ...path);

process.exitCode = await test(process.argv.slice(2), interruption());

async function test(args, interrupted) {
  const count = { passed: 0, failed: 0, skipped: 0 };
  let engine = null;
  try {
    await ensureDependencies(interrupted);
    engine = await ensureEngine(interrupted);
    await ensureCompiler(interrupted);
    await ensureBusybox(interrupted);
    await ensureEmulator(interrupted);
    const node = await testNode();
    count.failed += await lint(node, interrupted);
    add(count, await jest(node, args, interrupted));
  } catch (error) {
    console.error(error.message);
    count.failed += 1;
  } finally {
    await engine?.stop();
  }
  console.log(`${count.passed} passed, ${count.failed} failed${count.skipped > 0 ? `, ${count.skipped} skipped` : ''}`);
  if (interrupted.aborted) return exitCode(null, interrupted.reason);
  return count.failed > 0 || count.passed === 0 ? 1 : 0;
}

/** How many of the two linters found something. */
async function lint(node, interrupted) {
  const linters = [
    ['biome check', inModules('@biomejs', 'biome', 'bin', 'biome'), 'check', '.'],
    ['tsc --noEmit', inModules('typescript', 'bin', 'tsc'), '--noEmit'],
  ];
  let failed = 0;
  for (const [name, ...args] of linters) {
    if (interrupted.aborted) break;
    const code = await show(node, args, { cwd: root, interruption: interrupted });
    if (code === 0) continue;
    console.log(`FAILED: ${name} (exit code ${code})`);
    failed += 1;
  }
  return failed;
}

async function jest(node, args, interrupted) {
  mkdirSync(join(root, '.work'), { recursive: true });
  rmSync(results, { force: true }); // Those of an earlier run must not count.
  const options = ['--ci', '--testTimeout=120000', '--json', `--outputFile=${results}`];
  const command = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    inModules('jest', 'bin', 'jest.js'),
  ];
  const code = await show(node, [...command, ...options, ...args], { cwd: root, interruption: interrupted });
  if (!existsSync(results)) {
    console.log(`FAILED: jest ended without results (exit code ${code}).`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const count = counted(JSON.parse(readFileSync(results, 'utf8')));
  // An exit code that the numbers do not explain (an open handle, an obsolete option) is a failure all the same.
  if (code !== 0 && count.failed === 0) {
    console.log(`FAILED: jest ended with exit code ${code}.`);
    count.failed = 1;
  }
  return count;
}

/** A test file that could not run has no tests that failed: it counts as one. */
function counted(report) {
  for (const file of report.testResults) {
    for (const one of file.assertionResults.filter(({ status }) => !['passed', 'failed'].includes(status))) {
      console.log(`SKIPPED: ${relative(root, file.name)}: ${one.fullName} (${one.status})`);
    }
  }
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

function add(count, more) {
  for (const key of Object.keys(count)) count[key] += more[key];
}

/** The tests run under the Node.js that GitHub runs actions with, which package.json installs. */
async function testNode() {
  const node = inModules('node', 'bin', 'node');
  const { code, stdout } = await capture(node, ['--version']);
  if (code === 0 && stdout.startsWith('v24.')) return node;
  if (process.versions.node.startsWith('24.')) return process.execPath;
  throw new Error(
    "Node.js 24 is missing: the package node in node_modules has no program. Were npm's scripts switched off?",
  );
}
