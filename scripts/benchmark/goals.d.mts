export function judge(
  result: Record<string, unknown>,
): { what: string; limit: string; value: number; unit: string; met: boolean }[];
