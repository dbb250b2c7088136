import type { Container, Helper } from '../engines/engine.js';
import { PROBE } from './attack/probe.js';

/**
 * What a look at the listening sockets tells about a smoke test that got no answer: a program that listens on
 * loopback or IPv6 only, on another port, or not at all. Null where nothing is to be said.
 */
export async function hintAt(container: Container, helper: Helper, port: number | null): Promise<string | null> {
  await helper.ready;
  const execution = container.run([`${helper.directory}/${PROBE}`, 'listeners']);
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of execution.output) chunks.push(chunk);
    if ((await execution.done).exitCode !== 0) return null;
  } catch {
    return null;
  }
  const sockets = Buffer.concat(chunks)
    .toString('latin1')
    .split('\n')
    .map((line) => /^H\t([46])\t(\S+)\t(\d+)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, family, address, number]) => ({ family, address: address ?? '', port: Number(number) }));
  return explain(sockets, port);
}

export function explain(
  sockets: readonly { family?: string | undefined; address: string; port: number }[],
  port: number | null,
): string | null {
  if (sockets.length === 0) return 'Nothing listens in the container yet.';
  const here = sockets.filter((socket) => socket.port === port);
  if (here.length === 0) {
    const ports = [...new Set(sockets.map((socket) => socket.port))].slice(0, 8).join(', ');
    return `Nothing listens on port ${port}, but on ${ports}: is \`port\` right?`;
  }
  const loopback = (address: string) => address.startsWith('127.') || address === '::1';
  if (here.every(({ address }) => loopback(address))) {
    return `The program listens on ${here[0]?.address} only, which cannot be reached from outside the container: let it listen on 0.0.0.0.`;
  }
  if (here.every(({ family, address }) => family === '6' && address !== '::')) {
    return 'The program listens on an IPv6 address only: let it listen on 0.0.0.0 or [::].';
  }
  return null;
}
