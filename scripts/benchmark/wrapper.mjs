import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must } from './clock.mjs';

/**
 * Puts a shell script in the place of `docker` on the path of what `work` starts.
 * @param {(where: { folder: string, docker: string }) => string} body gives its text; `docker` is the real program, and
 *   `folder` one of its own to write to
 * @param {(where: { folder: string, env: { PATH: string } }) => Promise<unknown>} work
 */
export async function withWrapper(body, work) {
  const folder = mkdtempSync(join(tmpdir(), 'immutable-check-wrapper-'));
  try {
    const docker = (await must('sh', ['-c', 'command -v docker'])).stdout.trim();
    writeFileSync(join(folder, 'docker'), `#!/bin/sh\n${body({ folder, docker })}`);
    chmodSync(join(folder, 'docker'), 0o755);
    return await work({ folder, env: { PATH: `${folder}:${process.env.PATH}` } });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
