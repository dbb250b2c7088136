import { must } from './clock.mjs';

/** The label of what the benchmark itself starts, so that an interrupted run leaves nothing. */
export const label = `immutable-check-benchmark=${process.pid}`;

/** What people write by hand, at its best: poll every 10 ms, one exec, remove. */
const script = `
set -eu
image=$1 address=$2 answer=$3 options=$4 expected=$5
shift 5
trap 'exit 130' INT TERM
id=$(docker run -d --label ${label} --read-only --tmpfs /run --tmpfs /tmp -p 127.0.0.1::8080 $options "$image")
trap 'docker rm -f "$id" > /dev/null' EXIT
port=$(docker inspect -f '{{(index (index .NetworkSettings.Ports "8080/tcp") 0).HostPort}}' "$id")
until [ "$(curl -s "http://127.0.0.1:$port$address")" = "$answer" ]; do sleep 0.01; done
if docker exec "$id" "$@" > /dev/null 2>&1; then outcome=success; else outcome=failure; fi
[ $outcome = $expected ] || { echo "A $outcome: $*" >&2; exit 1; }
`;

/**
 * @param {readonly string[]} attempt what is executed in the container. That it succeeds means that something could be
 *   written, unless it `succeeds` when all is well
 * @param {{ options?: string, succeeds?: boolean }} how `options`: more words for `docker run`
 */
export function handWritten({ image, address, answer }, attempt, { options = '', succeeds = false } = {}) {
  const expected = succeeds ? 'success' : 'failure';
  return must('sh', ['-c', script, 'script', image, address, answer, options, expected, ...attempt]);
}
