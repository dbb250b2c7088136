import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environment, shipped } from './action.mjs';
import { time } from './clock.mjs';
import { summary } from './statistics.mjs';
import { withWrapper } from './wrapper.mjs';

// The CPU time of all of the caller's threads, in ns, and the moment: noted by the first call, and then there is no
// engine. The shell itself starts in about 1 ms, which counts against us.
const note = ({ folder }) => `
if mkdir '${folder}/first' 2> /dev/null; then
  cpu=0
  for thread in /proc/$PPID/task/*/schedstat; do read -r ns rest < "$thread"; cpu=$((cpu + ns)); done
  echo "$cpu $(date +%s%N)" > '${folder}/noted'
fi
echo 'Cannot connect to the Docker daemon' >&2
exit 1
`;

/** From the start of the process until its first engine call, over some rounds after a warm-up. ms */
export async function coldStart(given, rounds, dist = shipped) {
  const all = { cpu: [], wall: [] };
  for (let round = 0; round <= rounds; round++) {
    const { cpu, wall } = await withWrapper(note, ({ folder, env }) => one(given, dist, folder, env));
    if (round === 0) continue;
    all.cpu.push(cpu);
    all.wall.push(wall);
  }
  return { cpu: summary(all.cpu), wall: summary(all.wall) };
}

async function one(given, dist, folder, more) {
  const work = mkdtempSync(join(tmpdir(), 'immutable-check-start-'));
  try {
    const started = performance.timeOrigin + performance.now();
    await time(process.execPath, [join(dist, 'index.js')], { env: environment(given, work, more) });
    const [cpu, at] = readFileSync(join(folder, 'noted'), 'utf8').split(' ').map(Number);
    return { cpu: cpu / 1e6, wall: at / 1e6 - started };
  } finally {
    rmSync(work, { recursive: true });
  }
}
