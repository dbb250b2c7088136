export function operationsSource(root: string): string;
