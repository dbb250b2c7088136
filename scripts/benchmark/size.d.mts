export function size(dist: string): { start: number; scripts: number; all: number };
export function loadedAtOnce(entry: string): string[];
export function staticImports(text: string): string[];
