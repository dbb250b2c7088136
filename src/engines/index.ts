import { CheckError } from '../model/errors.js';
import { Docker } from './docker/docker.js';
import type { Engine } from './engine.js';

export interface EngineOptions {
  /** ID of this run, the value of the label of everything that the engine makes. */
  readonly run: string;
  /** Cancels what the engine does. */
  readonly signal: AbortSignal;
}

/** The engines there are: a row each. */
export const ENGINES: Readonly<Record<string, (options: EngineOptions) => Engine>> = {
  docker: ({ run, signal }) => new Docker(run, signal),
};

export function openEngine(name: string, options: EngineOptions): Engine {
  const open = Object.hasOwn(ENGINES, name) ? ENGINES[name] : undefined;
  if (!open) {
    throw new CheckError('unknown-engine', `There is no engine "${name}". Known: ${Object.keys(ENGINES).join(', ')}.`);
  }
  return open(options);
}
