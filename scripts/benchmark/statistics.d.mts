export interface Summary {
  median: number;
  min: number;
  max: number;
  rounds: number;
}
export function median(numbers: readonly number[]): number;
export function summary(numbers: readonly number[]): Summary;
export function extrapolated(of: { ms: number; base: number; part: number; total: number }): number;
export function sample<T>(items: readonly T[], count: number): T[];
