import type { Summary } from './statistics.mjs';

export function table(header: readonly string[], rows: readonly (readonly string[])[]): string;
export function number(value: number): string;
export function span(summary: Summary): string;
