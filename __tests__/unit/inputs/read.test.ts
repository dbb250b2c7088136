import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type RawInputs, readPublishing } from '../../../src/inputs/read.js';
import { fromEnvironment, INPUT_NAMES } from '../../../src/inputs/sources.js';
import { INPUTS, type InputName, type InputRow } from '../../../src/inputs/spec.js';
import { complaints, foreign, settings } from './settings.js';

/** What every input is where nothing is written. The keys are complete: a new row has to be told here. */
const defaults: Record<InputName, unknown> = {
  name: '',
  image: '',
  context: '.',
  file: '',
  target: '',
  platform: '',
  'build-args': '',
  'build-options': '',
  engine: 'docker',
  tmpfs: '/run\n/tmp',
  volumes: '',
  env: '',
  user: '',
  command: '',
  'run-options': '',
  port: '',
  'smoke-test': '',
  expect: '',
  'expect-status': '2xx',
  'expect-exit': '',
  'startup-timeout': '60',
  'smoke-repeat': '1',
  'protected-paths': '/',
  'allow-writable': '',
  layers: 'both',
  require: 'read-only',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as it stands in action.yml.
  'github-token': '${{ github.token }}',
  comment: 'always',
  'comment-key': '',
  'fail-on': 'fail',
  'report-dir': 'immutable-check-report',
};

test.each(INPUT_NAMES)('the default of %s is what the contract says', (name) => {
  expect(INPUTS[name].default).toBe(defaults[name]);
});

describe('where nothing is written', () => {
  const plain = {
    target: {
      name: 'image',
      engine: 'docker',
      source: { kind: 'build', context: '.', file: null, target: null, platform: null, buildArgs: [], options: [] },
      run: {
        tmpfs: ['/run', '/tmp'],
        volumes: [],
        env: [],
        user: null,
        command: null,
        options: [],
        platform: null,
        ports: [],
      },
      port: null,
      smokeTests: [],
      expectStatus: { text: '2xx', codes: [], classes: [2] },
      expectExit: null,
      startupTimeout: 60,
      smokeRepeat: 1,
      policy: {
        layers: ['read-only', 'permissions'],
        require: ['read-only'],
        protectedPaths: ['/'],
        allowWritable: [],
      },
    },
    publishing: {
      token: null,
      comment: 'always',
      commentKey: null,
      failOn: 'fail',
      reportDir: 'immutable-check-report',
    },
  };
  test('the defaults of the code hold', () => expect(settings()).toEqual(plain));

  test('the same with every INPUT_ empty, and with those that action.yml fills in', () => {
    const empty = Object.fromEntries(INPUT_NAMES.map((name) => [`INPUT_${name.toUpperCase()}`, '']));
    const blank = Object.fromEntries(INPUT_NAMES.map((name) => [`INPUT_${name.toUpperCase()}`, ' \n ']));
    const filled = Object.fromEntries(INPUT_NAMES.map((name) => [`INPUT_${name.toUpperCase()}`, INPUTS[name].default]));
    filled['INPUT_GITHUB-TOKEN'] = '';
    for (const env of [{}, empty, blank, filled]) expect(settings(fromEnvironment(env))).toEqual(plain);
  });
});

test('the environment is read as the runner writes it', () => {
  const raw = fromEnvironment({ 'INPUT_SMOKE-TEST': '/x', INPUT_SMOKE_TEST: '/y', INPUT_PORT: '8080', PORT: '1' });
  expect(raw).toEqual({ 'smoke-test': '/x', port: '8080' });
});

describe('what is right', () => {
  test.each<[RawInputs, object]>([
    [{ image: 'r.example:5000/app:1' }, { source: { kind: 'reference', reference: 'r.example:5000/app:1' } }],
    [{ context: 'app', file: 'app/x.Dockerfile', target: 'run' }, { source: { context: 'app', target: 'run' } }],
    [{ platform: 'linux/arm64/v8' }, { source: { platform: 'linux/arm64/v8' }, run: { platform: 'linux/arm64/v8' } }],
    [{ 'build-args': 'A=1\nB=x y=z\nC=' }, { source: { buildArgs: ['A=1', 'B=x y=z', 'C='] } }],
    [{ 'build-options': '--load\n--secret id=a,src=b' }, { source: { options: ['--load', '--secret', 'id=a,src=b'] } }],
    [{ tmpfs: '/etc/:rw,noexec,size=2g' }, { run: { tmpfs: ['/etc:rw,noexec,size=2g'] } }],
    [{ tmpfs: '# none' }, { run: { tmpfs: [] } }],
    [{ volumes: 'config:/c:ro\n/data\n./x:/y' }, { run: { volumes: ['config:/c:ro', '/data', './x:/y'] } }],
    [{ env: 'A=#1' }, { run: { env: ['A=#1'] } }],
    [{ user: '1000:0' }, { run: { user: '1000:0' } }],
    [{ command: `sh -c 'echo "a b"'` }, { run: { command: ['sh', '-c', 'echo "a b"'] } }],
    [{ 'run-options': `--cap-drop ALL\n--label 'a b'` }, { run: { options: ['--cap-drop', 'ALL', '--label', 'a b'] } }],
    [{ 'run-options': '--init\n-u 5\n-p 80:80' }, { run: { options: ['--init', '-u', '5', '-p', '80:80'] } }],
    [{ port: '65535' }, { port: 65535, run: { ports: [65535] } }],
    [{ port: '8080', 'smoke-test': '/a\ncurl localhost:8081/b' }, { run: { ports: [8080, 8081] } }],
    [
      { 'expect-exit': '0', 'startup-timeout': '3600', 'smoke-repeat': '1000' },
      { expectExit: 0, smokeRepeat: 1000 },
    ],
    [{ 'protected-paths': '/a/\n//a\n/b/../c' }, { policy: { protectedPaths: ['/a', '/c'] } }],
    [
      { 'allow-writable': "/data # the database's files # really\n/x#y\n/z #" },
      {
        policy: {
          allowWritable: [
            { path: '/data', reason: "the database's files # really" },
            { path: '/x#y', reason: null },
            { path: '/z', reason: null },
          ],
        },
      },
    ],
    [
      { layers: 'permissions', require: 'permissions' },
      { policy: { layers: ['permissions'], require: ['permissions'] } },
    ],
    [{ require: 'both' }, { policy: { require: ['read-only', 'permissions'] } }],
  ])('%j', (raw, target) => {
    expect(settings(raw).target).toMatchObject(target);
  });

  test('a list has an entry a line, without blank ones and comments', () => {
    const { target } = settings({ tmpfs: '  /a  \r\n\n# why\n   # also\n/b:size=1m\r\n' });
    expect(target.run.tmpfs).toEqual(['/a', '/b:size=1m']);
  });

  test('a single expectation goes with all tests, several line by line', () => {
    const texts = (raw: RawInputs) =>
      settings({ port: '1', ...raw }).target.smokeTests.map(({ expect: one }) => one?.text);
    expect(texts({ 'smoke-test': '/a\n# no\n/b', expect: 'ok' })).toEqual(['ok', 'ok']);
    expect(texts({ 'smoke-test': '/a\n/b', expect: 'one\n# no\ntwo' })).toEqual(['one', 'two']);
    expect(texts({ 'smoke-test': '/a' })).toEqual([undefined]);
  });
});

describe('what is wrong is told with what, why and how', () => {
  const wrong: [InputName, string, RegExp][] = [
    ['image', '--privileged', /^Input "image" is "--privileged"\. It must be a tag/],
    ['image', 'a b', /tag, a digest or an image ID/],
    ['context', '-x', /must not begin with a dash/],
    ['platform', 'arm64', /must be like linux\/amd64/],
    ['platform', 'linux/amd64 --push', /must be like/],
    ['build-args', 'NAME', /^Input "build-args" has the entry "NAME"\. It must be NAME=value/],
    ['build-args', '=x', /NAME=value/],
    ['build-options', '--iidfile=/x', /decides itself/],
    ['build-options', '-q', /decides itself/],
    ['build-options', '--', /decides itself/],
    ['build-options', "--label 'x", /^Input "build-options"/],
    ['tmpfs', 'run', /must be an absolute path in the container/],
    ['tmpfs', '/../x', /absolute path/],
    ['tmpfs', '/', /would hide the image itself/],
    ['volumes', 'a:b', /docker run -v/],
    ['volumes', 'a:/b:ro:z', /docker run -v/],
    ['volumes', 'data', /docker run -v/],
    ['env', 'TOKEN', /taken from the workflow/],
    ['user', '--privileged', /dash/],
    ['command', "sh '", /^Input "command"/],
    ...[
      '-d',
      '-it',
      '-dP',
      '-Pd',
      '--detach=false',
      '--rm',
      '--name x',
      '--name=x',
      '-a stdout',
      '--read-only=false',
      '--',
    ].map((line): [InputName, string, RegExp] => ['run-options', line, /decides itself/]),
    ...['-e TOKEN', '-eTOKEN', '-PeTOKEN', '--env TOKEN', '--env=TOKEN'].map((line): [InputName, string, RegExp] => [
      'run-options',
      line,
      /Use the input `env`/,
    ]),
    ...['abc', '0', '65536', '-1', '80.5', '1e3', '0x50', '８０'].map((text): [InputName, string, RegExp] => [
      'port',
      text,
      /must be a number from 1 to 65535: the port that/,
    ]),
    ['smoke-test', 'curl --what http://localhost/', /^Input "smoke-test"/],
    ['smoke-test', 'https://example.com/', /^Input "smoke-test"/],
    ['expect', '{"a":', /^Input "expect"/],
    ['expect-status', '2x', /^Input "expect-status"/],
    ['expect-exit', '256', /from 0 to 255/],
    ['startup-timeout', '0', /from 1 to 3600/],
    ['startup-timeout', '1m', /from 1 to 3600/],
    ['smoke-repeat', '1001', /from 1 to 1000/],
    ['protected-paths', 'etc', /absolute path/],
    ['protected-paths', '/proc/sys', /belong to the engine/],
    ['protected-paths', '/dev', /belong to the engine/],
    ['protected-paths', '/x/../sys', /belong to the engine/],
    ['protected-paths', '# none', /names no path/],
    ['allow-writable', 'data # x', /absolute path/],
    ['layers', 'all', /must be one of: read-only, permissions, both/],
    ['require', 'none', /must be one of/],
    ['comment', 'yes', /must be one of: always, on-failure, never/],
    ['fail-on', 'error', /must be one of: fail, never/],
  ];
  test.each(wrong)('%s: %s', (name, text, words) => {
    const said = complaints({ 'smoke-test': '/', port: '80', [name]: text });
    expect(said[0]).toMatch(words);
    expect(said[0]).toMatch(new RegExp(`^Input "${name}"`));
  });

  test('every row that can be wrong is among them', () => {
    const free: InputName[] = ['name', 'file', 'target', 'engine', 'github-token', 'comment-key', 'report-dir'];
    expect([...new Set([...wrong.map(([name]) => name), ...free])].sort()).toEqual([...INPUT_NAMES].sort());
  });

  test('all at once, a line each', () => {
    const raw = { port: 'abc', tmpfs: 'x\n/ok\ny', layers: 'all', 'fail-on': 'no', 'expect-status': 'ok' };
    expect(
      complaints(raw)
        .map((line) => /^Input "([a-z-]+)"/.exec(line)?.[1])
        .sort(),
    ).toEqual(['expect-status', 'fail-on', 'layers', 'port', 'tmpfs', 'tmpfs']);
  });

  test.each(['/proces', '/device', '/system'])('%s only begins like the engine’s own', (path) => {
    expect(complaints({ 'protected-paths': path })).toEqual([]);
  });
});

describe('inputs that contradict each other', () => {
  test.each<[RawInputs, RegExp | null]>([
    [{ 'smoke-test': '/a\n/b\n/c', expect: '1\n2' }, /has 2 lines for 3 of "smoke-test"/],
    [{ 'smoke-test': '/a', expect: '1\n2' }, /has 2 lines for 1/],
    [{ expect: 'x' }, /no "smoke-test" to go with/],
    [{ 'smoke-test': '# none', expect: 'x' }, /no "smoke-test"/],
    [{ 'smoke-test': '/a\n/b', expect: '# why\nx' }, null],
    [{ layers: 'permissions' }, /"require" asks for "read-only", which "layers" \(permissions\) leaves out/],
    [{ layers: 'read-only', require: 'both' }, /asks for "both"/],
    [{ layers: 'read-only', require: 'permissions' }, /asks for "permissions"/],
    [{ layers: 'permissions', require: 'permissions' }, null],
    [{ 'protected-paths': '/a', 'allow-writable': '/a/' }, /stands in "protected-paths" and in "allow-writable"/],
    [{ 'protected-paths': '/a', 'allow-writable': '/ab' }, /under none of "protected-paths" \(\/a\)/],
    [{ 'protected-paths': '/a\n/b', 'allow-writable': '/b/c' }, null],
    [{ 'allow-writable': '/' }, /stands in/],
  ])('%j', (raw, words) => {
    const said = complaints({ port: '80', ...raw });
    if (words) expect(said).toEqual([expect.stringMatching(words)]);
    else expect(said).toEqual([]);
  });
});

describe("the target's name", () => {
  test.each<[RawInputs, string]>([
    [{ name: 'mine', image: 'x' }, 'mine'],
    [{ image: 'app' }, 'app'],
    [{ image: 'r.example:5000/team/app:1.2' }, 'app'],
    [{ image: 'r.example:5000/app' }, 'app'],
    [{ image: `r.example/app@sha256:${'a'.repeat(64)}` }, 'app'],
    [{ image: `r.example/app:1@sha256:${'a'.repeat(64)}` }, 'app'],
    [{ image: `sha256:${'0123456789ab'.padEnd(64, 'c')}` }, '0123456789ab'],
    [{}, 'image'],
    [{ context: './services/api/' }, 'api'],
    [{ context: '.', file: 'docker/api.Dockerfile' }, 'api'],
    [{ file: 'docker/Dockerfile.worker' }, 'worker'],
    [{ file: 'docker/Dockerfile' }, 'docker'],
    [{ context: '/' }, 'image'],
  ])('%j', (raw, name) => {
    expect(settings(raw).target.name).toBe(name);
  });
});

test('what is needed to report is read although other inputs are wrong', () => {
  const raw = { port: 'abc', comment: 'on-failure', 'fail-on': 'wrong', 'report-dir': 'r', 'github-token': 't' };
  expect(readPublishing(raw, foreign)).toEqual({
    token: 't',
    comment: 'on-failure',
    commentKey: null,
    failOn: 'fail',
    reportDir: 'r',
  });
});

test('whatever is written, it is read or complained of', () => {
  const line = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('-', '--', ':', '/', '#', '\n', "'", '{', '9'),
  );
  const raw = fc.dictionary(fc.constantFrom(...INPUT_NAMES), line, { maxKeys: 6 });
  fc.assert(
    fc.property(raw, (one) => {
      for (const said of complaints(one)) expect(said).not.toBe('');
    }),
    { numRuns: 2000 },
  );
});

test('every row says what it is', () => {
  for (const name of INPUT_NAMES) {
    const row: InputRow = INPUTS[name];
    expect(row.doc).toMatch(/\.$/);
    expect(['text', 'list', 'number', 'seconds']).toContain(row.kind);
  }
});
