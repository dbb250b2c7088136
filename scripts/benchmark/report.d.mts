export function markdown(result: Record<string, unknown>): string;
