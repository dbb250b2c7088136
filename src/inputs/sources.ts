import { parseArgs } from 'node:util';
import { CheckError } from '../model/errors.js';
import type { RawInputs } from './read.js';
import { INPUTS, type InputName } from './spec.js';

export const INPUT_NAMES = Object.keys(INPUTS) as InputName[];

/** As the runner hands them over: `INPUT_SMOKE-TEST`, upper case, hyphens kept. */
export function fromEnvironment(env: Readonly<Record<string, string | undefined>>): RawInputs {
  return Object.fromEntries(
    INPUT_NAMES.flatMap((name) => {
      const value = env[`INPUT_${name.toUpperCase()}`];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

export type CommandLine =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'check'; readonly raw: RawInputs };

/** As flags: `--smoke-test '/ready'`, lists by repeating the flag or by line breaks. */
export function fromArguments(argv: readonly string[]): CommandLine {
  const options = Object.fromEntries(INPUT_NAMES.map((name) => [name, { type: 'string' as const, multiple: true }]));
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: { ...options, help: { type: 'boolean', short: 'h' }, version: { type: 'boolean' } },
      allowPositionals: false,
    });
    if (values.help) return { kind: 'help' };
    if (values.version) return { kind: 'version' };
    const raw: Partial<Record<InputName, string>> = {};
    for (const name of INPUT_NAMES) {
      const given: unknown = (values as Record<string, unknown>)[name];
      if (!Array.isArray(given)) continue;
      if (INPUTS[name].kind !== 'list' && given.length > 1) {
        throw new CheckError('bad-input', `The flag --${name} was given ${given.length} times, and takes one value.`);
      }
      raw[name] = given.join('\n');
    }
    return { kind: 'check', raw };
  } catch (thrown) {
    if (thrown instanceof CheckError) throw thrown;
    throw new CheckError(
      'bad-input',
      `${thrown instanceof Error ? thrown.message : thrown} See \`immutable-check --help\`.`,
    );
  }
}
