import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { action } from './action.mjs';

/** The most memory that the action's own process had, in MB; a run of its own, for looking costs time. */
export async function peakMemory(given, dist) {
  let peak = 0;
  const run = (program, args, options) =>
    new Promise((resolve, reject) => {
      const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
      const output = { stdout: '', stderr: '' };
      for (const name of ['stdout', 'stderr']) child[name].on('data', (text) => (output[name] += text));
      // The kernel keeps the highest value (VmHWM): only what the very last moment adds can be missed.
      const timer = setInterval(() => {
        peak = Math.max(peak, highest(child.pid));
      }, 5);
      child.once('error', reject);
      child.once('close', (code) => {
        clearInterval(timer);
        resolve({ code, ...output });
      });
    });
  await action(given, { dist, run });
  return peak;
}

function highest(pid) {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1.024e-3;
  } catch {
    return 0; // It has ended.
  }
}
