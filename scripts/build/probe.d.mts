export function buildProbe(outputFolder: string): void;
