import { judge } from './goals.mjs';
import { number, span, table } from './table.mjs';

/** The whole result as Markdown. */
export function markdown(result) {
  const { machine, rounds, cases = {} } = result;
  const head = `${machine.date} UTC, ${machine.cores} × ${machine.cpu}, ${machine.memory} GB, Node.js ${machine.node}, Docker Engine ${machine.engine}, ${rounds} rounds after a warm-up, load average before ${machine.load.toFixed(1)}. Times are wall milliseconds: median (range).`;
  return [
    head,
    section('Goals', goals(result)),
    ...Object.values(cases).map((one) =>
      section(`${one.title} (${number(one.paths)} files and directories)`, comparison(one)),
    ),
    section('Where the time goes', phases(cases)),
    section('Engine calls', calls(cases)),
    section('Ten checks of the echo example, layers: read-only', ten(result.ten)),
    section('The program', program(result)),
    section('Skipped', [...new Set(result.skipped)].map((line) => `- ${line}`).join('\n')),
  ]
    .filter((text) => text !== '')
    .join('\n\n');
}

function section(title, body) {
  return body === '' ? '' : `### ${title}\n\n${body}`;
}

function goals(result) {
  const rows = judge(result).map(({ what, limit, value, unit, met }) => [
    what,
    limit,
    `${value < 10 ? value.toFixed(2) : number(value)} ${unit}`,
    met ? 'yes' : '**no**',
  ]);
  return rows.length === 0 ? '' : table(['goal', 'is', 'measured', 'met'], rows);
}

function comparison({ contestants }) {
  const rows = contestants.map(({ name, ms, times, attempts, note }) => [
    note ? `${name} (${note})` : name,
    span(ms),
    times < 100 ? times.toFixed(2) : number(times),
    attempts ? number(attempts) : '',
  ]);
  return table(['way', 'ms:', 'times the script:', 'attempts:'], rows);
}

function phases(cases) {
  const names = ['build', 'start', 'smoke', 'attack', 'permissions', 'total', 'outside'];
  const rows = checks(cases).map(([title, one]) => [title, ...names.map((name) => span(one.phases[name])), rate(one)]);
  if (rows.length === 0) return '';
  const legend =
    '`build`: find the image. `permissions`: the whole second layer, beside the first. `total`: the check; phases overlap. `outside`: starting Node.js, loading, reporting, waiting for the removal.';
  return `${table(['check', ...names.map((name) => `${name}:`), 'attempts a second:'], rows)}\n\n${legend}`;
}

const rate = ({ perSecond }) => number(perSecond);

function calls(cases) {
  const rows = checks(cases).map(([title, one]) => [title, String(one.calls.length), grouped(one.calls)]);
  return rows.length === 0 ? '' : table(['check', 'calls:', 'which, in the order of their first'], rows);
}

function grouped(list) {
  return [...new Set(list)].map((verb) => `${list.filter((one) => one === verb).length} ${verb}`).join(', ');
}

function checks(cases) {
  return Object.entries(cases).flatMap(([name, { contestants }]) =>
    contestants.filter((one) => one.phases).map((one) => [`${name}: ${one.name}`, one]),
  );
}

function ten(measured) {
  if (!measured) return '';
  return table(
    ['way', 'ms for all ten:'],
    measured.contestants.map(({ name, ms }) => [name, span(ms)]),
  );
}

function program({ dist, memory }) {
  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;
  const rows = [
    ...(dist
      ? [
          ['cold start until the first engine call, CPU', `${span(dist.start.cpu)} ms`],
          ['cold start until the first engine call, wall', `${span(dist.start.wall)} ms`],
          ['`dist/index.js` with what it loads at once', megabytes(dist.size.start)],
          ['all JavaScript in `dist/`', megabytes(dist.size.scripts)],
          ['all of `dist/`', megabytes(dist.size.all)],
        ]
      : []),
    ...(memory
      ? [
          ['peak memory, echo example, layers: both', `${number(memory.echo)} MB`],
          ['peak memory, 200,000 files, layers: both', `${number(memory.both)} MB`],
        ]
      : []),
  ];
  return rows.length === 0 ? '' : table(['figure', 'value:'], rows);
}
