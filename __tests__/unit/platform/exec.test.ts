import { describe, expect, test } from '@jest/globals';
import { capture, ExecTimeout, follow, start } from '../../../src/platform/exec.js';

const node = process.execPath;
const script = (code: string): [string, ...string[]] => [node, '-e', code];
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

describe('capture', () => {
  test('gives both streams and the exit code', async () => {
    const code = 'process.stdout.write("out"); process.stderr.write("err"); process.exitCode = 3';
    const finished = await capture({ argv: script(code) });
    expect({ ...finished, stdout: text(finished.stdout) }).toEqual({ exitCode: 3, stdout: 'out', stderr: 'err' });
  });

  test('hands arguments over as they are, through no shell', async () => {
    const words = ['$HOME', '`id`', 'a b', '', '; true', '*', '\n'];
    const { stdout } = await capture({
      argv: [node, '-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '--', ...words],
    });
    expect(JSON.parse(text(stdout))).toEqual(words);
  });

  test('gives its input, and closes it', async () => {
    const input = Buffer.alloc(300_000, 'x');
    expect(text((await capture({ argv: ['wc', '-c'], input })).stdout).trim()).toBe('300000');
  });

  test('without input there is none to wait for', async () => {
    expect((await capture({ argv: ['cat'] })).exitCode).toBe(0);
  });

  test('a program that does not read its input says so by its exit code alone', async () => {
    const { exitCode } = await capture({ argv: ['sh', '-c', 'exit 4'], input: Buffer.alloc(1_000_000) });
    expect(exitCode).toBe(4);
  });

  test('gives the environment that it is given, and no other', async () => {
    const { stdout } = await capture({ argv: ['/usr/bin/env'], env: { A: '1' } });
    expect(text(stdout)).toBe('A=1\n');
  });

  test('ends a program that prints without end, and keeps no more than the limit', async () => {
    const finished = await capture({ argv: ['yes'], limit: 100_000 });
    expect(finished.exitCode).not.toBe(0);
    expect(finished.stdout.length).toBeLessThanOrEqual(100_000);
  });

  test('a limit that is just met ends nothing', async () => {
    expect(await capture({ argv: ['printf', '12345'], limit: 5 })).toMatchObject({ exitCode: 0 });
  });

  test('keeps the end of what is said on standard error', async () => {
    const { stderr } = await capture({ argv: script('process.stderr.write("x".repeat(100000) + "END")') });
    expect(stderr).toHaveLength(16 * 1024);
    expect(stderr).toMatch(/xEND$/);
  });

  test('of a program that is not there', async () => {
    await expect(capture({ argv: ['immutable-check-no-such'] })).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test.each(['exec sleep 20', 'sleep 20; true'])('is ended by its signal: %s', async (line) => {
    const cancelling = new AbortController();
    const begin = performance.now();
    setTimeout(() => cancelling.abort(), 200);
    await expect(capture({ argv: ['sh', '-c', line], signal: cancelling.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(performance.now() - begin).toBeLessThan(5000);
  });

  test('is not started after its signal', async () => {
    await expect(capture({ argv: ['true'], signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });

  test('is ended after its time, whatever holds its output', async () => {
    const begin = performance.now();
    await expect(capture({ argv: ['sh', '-c', 'sleep 20; true'], timeout: 200 })).rejects.toBeInstanceOf(ExecTimeout);
    expect(performance.now() - begin).toBeLessThan(5000);
    expect(await capture({ argv: ['true'], timeout: 10_000 })).toMatchObject({ exitCode: 0 });
  });

  test('a program that a signal ended has no code of its own', async () => {
    expect(await capture({ argv: ['sh', '-c', 'kill -9 $$'] })).toMatchObject({ exitCode: 137 });
  });
});

describe('start', () => {
  test('gives the output as it comes', async () => {
    const running = start({ argv: script('console.log("first"); setTimeout(() => console.log("last"), 20000)') });
    for await (const chunk of running.output) {
      expect(text(chunk)).toBe('first\n');
      break;
    }
    running.kill();
    expect((await running.done).exitCode).toBe(137);
  });

  test('an open input ends when it is ended', async () => {
    const running = start({ argv: ['cat'], input: 'open' });
    let over = false;
    running.done.then(() => {
      over = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(over).toBe(false);
    running.endInput();
    for await (const _ of running.output) throw new Error('cat printed something');
    expect((await running.done).exitCode).toBe(0);
  });

  test('a failure that nobody awaits ends nothing else', async () => {
    start({ argv: ['immutable-check-no-such'] });
    await new Promise((resolve) => setTimeout(resolve, 50));
  });
});

describe('follow', () => {
  const followed = async (code: string, env?: NodeJS.ProcessEnv) => {
    let seen = '';
    const exitCode = await follow({ argv: script(code), ...(env ? { env } : {}) }, (chunk) => {
      seen += text(chunk);
    });
    return { exitCode, seen };
  };

  test('prints both streams and gives the exit code, whatever it is', async () => {
    const { exitCode, seen } = await followed('console.error("e"); console.log("o"); process.exitCode = 7');
    expect(exitCode).toBe(7);
    expect(seen.split('\n').sort()).toEqual(['', 'e', 'o']);
  });

  test('with the environment that it is given', async () => {
    expect((await followed('console.log(process.env.A, process.env.HOME)', { A: '1' })).seen).toBe('1 undefined\n');
  });

  test('arguments with blanks and quotes stay one', async () => {
    let seen = '';
    await follow({ argv: ['printf', '%s|', 'a b', '"c"', "d'e", '$f'] }, (chunk) => {
      seen += text(chunk);
    });
    expect(seen).toBe('a b|"c"|d\'e|$f|');
  });
});
