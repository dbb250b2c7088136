import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { baseImage, buildImage, removeTestImages } from '../support/images.js';
import { rules, runStep, type Step, targetOf } from '../support/step.js';

/** What the program does: it ends, hides, is late, says no. One image, whose command each test gives. */
let image = '';
/** The first lines of every Dockerfile here. */
let start = '';

// Fails on the first request, and answers from then on.
const WARMS_UP = `#!/bin/sh
if [ -e /tmp/warm ]; then printf 'HTTP/1.0 200 OK\\r\\n\\r\\nready'; else
  : > /tmp/warm
  printf 'HTTP/1.0 500 No\\r\\n\\r\\nnot yet'
fi
`;

beforeAll(async () => {
  const base = await baseImage();
  start = `FROM ${base}\nUSER 1000\nEXPOSE 8080`;
  image = await buildImage('program', `${start}\nCOPY www /www`, {
    'www/index.html': 'hello',
    'www/cgi-bin/answer': WARMS_UP,
  });
});

afterAll(removeTestImages);

async function check(command: string, inputs: Record<string, string> = {}, of = image): Promise<Step> {
  const given = { image: of, command, layers: 'read-only', 'protected-paths': '/www', ...inputs };
  const step = await runStep(given);
  expect(step.left).toEqual([]);
  expect(step.post.exitCode).toBe(0);
  return step;
}

const asked = { 'smoke-test': '/', 'startup-timeout': '2' };
const reason = (step: Step) => targetOf(step).smoke[0]?.reason ?? '';

describe('a job', () => {
  test('that ends with the right code passes', async () => {
    const step = await check("sh -c 'exit 3'", { 'expect-exit': '3' });
    expect(step.outputs.verdict).toBe('pass');
    expect(Number(step.outputs.attempts)).toBeGreaterThan(10);
  });

  test('that ends with another fails', async () => {
    const step = await check("sh -c 'echo no such table >&2; exit 4'", { 'expect-exit': '0' });
    expect(step.outputs.verdict).toBe('fail');
    expect(rules(step)).toEqual(['smoke-failed']);
    expect(reason(step)).toContain('exited with code 4');
    expect(step.heard.foreign).toContain('no such table');
  });

  test('that does not end in time fails', async () => {
    const step = await check('sleep 60', { 'expect-exit': '0', 'startup-timeout': '1' });
    expect(rules(step)).toEqual(['smoke-failed']);
    expect(reason(step)).toContain('still runs after 1 s');
  });
});

describe('without a smoke test', () => {
  const withHealthcheck = (command: string) =>
    buildImage(
      'health',
      `${start.replace('USER 1000', 'RUN mkdir /www\nUSER 1000')}\nHEALTHCHECK --interval=1s --timeout=1s --retries=1 CMD ${command}\nCMD ["sleep", "60"]`,
    );

  test('a program that keeps running and is healthy passes', async () => {
    const step = await check('', {}, await withHealthcheck('true'));
    expect(step.outputs.verdict).toBe('pass');
  });

  test('one that is unhealthy fails', async () => {
    const step = await check('', { 'startup-timeout': '4' }, await withHealthcheck('false'));
    expect(rules(step)).toEqual(['smoke-failed']);
    expect(reason(step)).toContain('unhealthy');
  });

  test('one that ends after a second fails', async () => {
    const step = await check('sleep 1');
    expect(rules(step)).toEqual(['program-ended']);
  });
});

describe('a program that', () => {
  test('exits at once', async () => {
    const step = await check("sh -c 'echo /run/app.pid: Read-only file system; exit 7'", asked);
    expect(step.outputs.verdict).toBe('fail');
    expect(step.exitCode).toBe(1);
    expect(rules(step)).toEqual(['program-ended']);
    expect(step.heard.errors.join()).toContain('exited with code 7');
    expect(step.heard.foreign).toContain('/run/app.pid: Read-only file system');
    expect(step.ms).toBeLessThan(20_000);
  });

  test('cannot be executed', async () => {
    const step = await check('/no/such/program', asked);
    expect(step.outputs.verdict).toBe('error');
    expect(targetOf(step).error).toMatchObject({ code: 'not-started' });
    expect(step.heard.errors.join()).toContain('/no/such/program');
  });

  test('goes into the background', async () => {
    const step = await check('httpd -p 8080 -h /www', asked);
    expect(rules(step)).toEqual(['program-ended']);
    expect(step.heard.errors.join()).toContain('goes into the background');
  });

  test('listens on loopback only', async () => {
    const step = await check('httpd -f -p 127.0.0.1:8080 -h /www', asked);
    expect(rules(step)).toEqual(['smoke-failed']);
    expect(reason(step)).toMatch(/listens on 127\.0\.0\.1 only.*0\.0\.0\.0/);
  });

  test('listens on another port', async () => {
    const step = await check('httpd -f -p 9090 -h /www', asked);
    expect(rules(step)).toEqual(['smoke-failed']);
    expect(reason(step)).toContain('Nothing listens on port 8080, but on 9090');
  });

  test('listens on the port that the request names, not on the one exposed', async () => {
    const step = await check('httpd -f -p 9090 -h /www', { 'smoke-test': 'curl http://localhost:9090/' });
    expect(step.outputs.verdict).toBe('pass');
  });

  test('listens on another port than the request names', async () => {
    const step = await check('httpd -f -p 8080 -h /www', { ...asked, 'smoke-test': 'curl http://localhost:9090/' });
    expect(reason(step)).toContain('Nothing listens on port 9090, but on 8080');
  });

  test('does not listen at all', async () => {
    const step = await check('sleep 60', asked);
    expect(reason(step)).toContain('Nothing listens in the container');
  });

  test('takes eight seconds to start', async () => {
    const step = await check("sh -c 'sleep 8; exec httpd -f -p 8080 -h /www'", { 'smoke-test': '/', expect: 'hello' });
    expect(step.outputs.verdict).toBe('pass');
    expect(targetOf(step).smoke[0]?.ms).toBeGreaterThan(5000);
  });

  test('answers 500 first, and 200 then', async () => {
    const serve = 'httpd -f -p 8080 -h /www';
    const step = await check(serve, { 'smoke-test': '/cgi-bin/answer', expect: 'ready' });
    expect(step.outputs.verdict).toBe('pass');
    expect(targetOf(step).smoke[0]?.attempts).toBeGreaterThan(1);
  });

  test('answers, but something else', async () => {
    const serve = 'httpd -f -p 8080 -h /www';
    const step = await check(serve, { ...asked, expect: 'goodbye' });
    expect(rules(step)).toEqual(['smoke-failed']);
    expect(reason(step)).toMatch(/hello[\s\S]*goodbye|goodbye[\s\S]*hello/);
    const missing = await check(serve, { ...asked, 'smoke-test': '/nothing' });
    expect(reason(missing)).toContain('404');
  });

  test('stops answering while it is attacked', async () => {
    // It ends itself as soon as it has answered.
    const script = 'while ! nc -l -p 8080 -e /www/once; do :; done';
    const once = await buildImage(
      'once',
      `${start}\nCOPY once /www/once\nCMD ["sh", "-c", ${JSON.stringify(script)}]`,
      {
        once: "#!/bin/sh\nprintf 'HTTP/1.0 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n'\n",
      },
    );
    const step = await check('', { ...asked, 'startup-timeout': '4' }, once);
    expect(step.outputs.verdict).not.toBe('pass');
  });
});
