export function ensureBusybox(interruption?: AbortSignal): Promise<string | null>;
export function ensureEmulator(interruption?: AbortSignal): Promise<string | null>;
export function findEmulator(): string | null;
