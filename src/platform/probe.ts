import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** Why a probe cannot be used; the message says what to do. */
export class ProbeDamaged extends Error {
  override readonly name = 'ProbeDamaged';
}

/**
 * Reads the probe for a platform (`linux/amd64`, `linux/arm64/v8`) from the folder it was shipped in, and
 * compares it with the checksum shipped beside it: what runs in other people's containers is what was built.
 */
export async function readProbe(folder: URL, platform: string): Promise<Uint8Array> {
  const name = platform.split('/').slice(0, 2).join('-');
  const sums = await readFile(new URL('SHA256SUMS', folder), 'utf8').catch((error: unknown) => {
    throw new ProbeDamaged(`The probe's SHA256SUMS cannot be read (${String(error)}). Reinstall immutable-check.`);
  });
  const expected = sums
    .split('\n')
    .map((line) => /^([0-9a-f]{64}) [ *](\S+)$/.exec(line))
    .find((match) => match?.[2] === name)?.[1];
  if (!expected) {
    throw new ProbeDamaged(
      `There is no probe for the platform "${platform}". Images for linux/amd64 and linux/arm64 can be checked.`,
    );
  }
  const content = await readFile(new URL(name, folder)).catch((error: unknown) => {
    throw new ProbeDamaged(`The probe for ${platform} cannot be read (${String(error)}). Reinstall immutable-check.`);
  });
  const actual = createHash('sha256').update(content).digest('hex');
  if (actual !== expected) {
    throw new ProbeDamaged(
      `The probe for ${platform} is not the one that was shipped: its SHA-256 is ${actual}, not ${expected}. Reinstall immutable-check.`,
    );
  }
  return content;
}
