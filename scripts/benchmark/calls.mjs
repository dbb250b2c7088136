import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { action } from './action.mjs';
import { withWrapper } from './wrapper.mjs';

/** Which calls of the engine's client one check makes, in their order; a run of its own, for counting costs time. */
export function engineCalls(given, dist) {
  return withWrapper(
    // One short line appended at once is whole, whoever else appends at the same moment.
    ({ folder, docker }) => `echo "$1 $2" >> '${folder}/calls'\nexec '${docker}' "$@"\n`,
    async ({ folder, env }) => {
      await action(given, { dist, env });
      const lines = readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
      return lines.map(verb);
    },
  );
}

/** `container inspect` and the like have two words. */
function verb(line) {
  const [first, second] = line.split(' ');
  return /^(container|image|volume|buildx)$/.test(first) ? `${first} ${second}` : first;
}
