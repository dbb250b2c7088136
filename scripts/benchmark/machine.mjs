import { cpus, loadavg, totalmem } from 'node:os';
import { must } from './clock.mjs';

/** What the figures depend on. */
export async function machine() {
  const { stdout } = await must('docker', ['version', '--format', '{{.Server.Version}} (client {{.Client.Version}})']);
  return {
    date: new Date().toISOString().slice(0, 16),
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memory: Math.round(totalmem() / 1e9),
    node: process.version,
    engine: stdout.trim(),
    load: loadavg()[0],
  };
}
