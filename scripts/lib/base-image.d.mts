export const published: string;
export function makeBaseImage(tag: string, labels?: Record<string, string>): Promise<boolean>;
