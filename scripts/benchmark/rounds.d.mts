import type { Summary } from './statistics.mjs';

export interface Contestant<R extends { ms: number }> {
  name: string;
  run(): Promise<R> | R;
  most?: number;
}
export function alternate<R extends { ms: number }>(
  contestants: readonly Contestant<R>[],
  how: { rounds: number; interruption?: AbortSignal; tell?: (text: string) => void },
): Promise<{ name: string; ms: Summary; all: number[]; runs: R[] }[]>;
