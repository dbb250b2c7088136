/** One entry of a tar archive: a file where it has content, else what its type says. */
export interface TarEntry {
  readonly name: string;
  readonly type: 'file' | 'dir' | 'link' | 'fifo';
  readonly mode: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly content?: Uint8Array;
  readonly target?: string;
}

const TYPES = { file: '0', dir: '5', link: '2', fifo: '6' } as const;

/** A ustar archive: how modes, owners and kinds get into a container without being changed on the way. */
export function tar(entries: readonly TarEntry[]): Buffer {
  const blocks: Buffer[] = [];
  for (const entry of entries) {
    const content = entry.content ?? new Uint8Array();
    blocks.push(
      header(entry, content.length),
      Buffer.from(content),
      Buffer.alloc((512 - (content.length % 512)) % 512),
    );
  }
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

function header(entry: TarEntry, size: number): Buffer {
  const block = Buffer.alloc(512);
  const octal = (value: number, at: number, length: number) =>
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  block.write(entry.name, 0, 100, 'latin1');
  octal(entry.mode, 100, 8);
  octal(entry.uid ?? 0, 108, 8);
  octal(entry.gid ?? 0, 116, 8);
  octal(size, 124, 12);
  octal(1_700_000_000, 136, 12);
  block.write(TYPES[entry.type], 156, 'latin1');
  block.write(entry.target ?? '', 157, 100, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  block.write(' '.repeat(8), 148, 'latin1');
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return block;
}
