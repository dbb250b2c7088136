import { must, time } from './clock.mjs';
import { handWritten, label } from './script.mjs';
import { extrapolated, sample } from './statistics.mjs';

/** How many paths are really tried where trying all would take minutes. */
const execs = 20;
const loops = 3000;

// Files and directories. A touch of a symbolic link says something of its target, which /etc/mtab has in /proc; and
// mount points that are writable by intention are found by -xdev too.
const expression = '/ -xdev ( -type f -o -type d ) ! -path /tmp ! -path /run ! -path /dev ! -path /proc ! -path /sys';
const quoted = expression.replaceAll(/[()]/g, "'$&'");

/** Every file and directory of the image's own filesystem; of the regular files that the image's user sees, the modes too. */
export async function listing({ image, box }) {
  const find = async (how, more) => {
    const [program, ...args] = [...box, 'find', ...expression.split(' '), ...more];
    const all = ['--rm', '--label', label, '--read-only', '--network', 'none', '--entrypoint', program, ...how];
    // A directory that this user cannot list makes find fail, and the rest is listed all the same.
    const { stdout, stderr } = await time('docker', ['run', ...all, image, ...args]);
    if (stdout === '') throw new Error(`The files of ${image} could not be listed: ${stderr}`);
    return stdout.split('\n').filter((line) => line !== '');
  };
  const paths = await find(['--user', '0'], []);
  const modes = await find([], ['-type', 'f', '-exec', ...box, 'stat', '-c', '%a %n', '{}', '+']);
  return { paths, files: modes.map((line) => [line.split(' ', 1)[0], line.slice(line.indexOf('/'))]) };
}

/**
 * The exhaustive ways that people write by hand.
 * @param base gives what the script with a single exec took in this round, ms
 */
export function naive(subject, paths, base) {
  const box = subject.box.map((word) => `${word} `).join('');
  const total = paths.length;
  const looped = total > 3 * loops ? loops : total;
  const note = (tried) => (tried < total ? `extrapolated from ${tried} of ${total} paths` : '');
  return [
    {
      key: 'touch',
      name: 'one `docker exec touch` a path',
      note: note(Math.min(execs, total)),
      most: 3,
      run: () => execEach(subject, paths, base()),
    },
    {
      key: 'loop',
      name: 'a shell loop with `touch` in the container',
      note: note(looped),
      most: 3,
      run: async () => {
        const { ms } = await handWritten(subject, [...subject.box, 'sh', '-c', loop(box, looped)]);
        return { ms: extrapolated({ ms, base: base(), part: looped, total }) };
      },
    },
    ...(subject.findutils
      ? [
          {
            key: 'find',
            name: '`find / -xdev -writable` in the container',
            run: () => handWritten(subject, ['sh', '-c', `find ${quoted} -writable 2> /dev/null | grep -q .`]),
          },
        ]
      : []),
  ];
}

/** Succeeds when one of the first `count` paths can be written. */
function loop(box, count) {
  const paths = `${box}find ${quoted} 2> /dev/null | ${box}head -n ${count}`;
  return `${paths} | while IFS= read -r p; do [ -d "$p" ] && p=$p/.touch; ${box}touch "$p" && echo "$p"; done | ${box}grep -q .`;
}

async function execEach({ image, box }, paths, base) {
  const how = ['--detach', '--label', label, '--read-only', '--tmpfs', '/run', '--tmpfs', '/tmp'];
  const id = (await must('docker', ['run', ...how, image])).stdout.trim();
  try {
    const chosen = sample(paths, execs);
    const start = performance.now();
    for (const path of chosen) {
      await must('sh', ['-c', '! docker exec "$@" 2> /dev/null', 'sh', id, ...box, 'touch', path]);
    }
    const ms = base + performance.now() - start;
    return { ms: extrapolated({ ms, base, part: chosen.length, total: paths.length }) };
  } finally {
    await must('docker', ['rm', '--force', id]);
  }
}
