export function insert(document: string, text: string): string;
