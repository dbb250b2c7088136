import type { Timings } from '../model/report.js';

/** Wall time by phase, in milliseconds; phases may overlap. */
export class Stopwatch {
  readonly #begin = performance.now();
  readonly #phases = new Map<keyof Timings, number>();

  async time<T>(phase: Exclude<keyof Timings, 'total'>, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.#phases.set(phase, (this.#phases.get(phase) ?? 0) + performance.now() - start);
    }
  }

  timings(): Timings {
    const of = (phase: keyof Timings) => Math.round(this.#phases.get(phase) ?? 0);
    return {
      build: of('build'),
      start: of('start'),
      smoke: of('smoke'),
      attack: of('attack'),
      permissions: of('permissions'),
      diagnose: of('diagnose'),
      total: Math.round(performance.now() - this.#begin),
    };
  }
}
