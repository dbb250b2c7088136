/**
 * The two corners of the tar format that `docker cp` needs: writing a few small files, and telling whether
 * a directory's archive holds more than the directory itself. Format: POSIX.1-1988 ustar.
 */
const BLOCK = 512;

export interface Entry {
  readonly name: string;
  readonly content: Uint8Array;
  readonly mode: number;
}

/** An archive of regular files, owned by root. Names are at most 100 bytes. */
export function archive(entries: readonly Entry[]): Uint8Array {
  const blocks = entries.flatMap((entry) => {
    const padding = (BLOCK - (entry.content.length % BLOCK)) % BLOCK;
    return [header(entry), entry.content, new Uint8Array(padding)];
  });
  return Buffer.concat([...blocks, new Uint8Array(2 * BLOCK)]);
}

function header(entry: Entry): Uint8Array {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, offset: number, length: number) =>
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, offset, 'latin1');
  block.write(entry.name, 0, 100, 'utf8');
  octal(entry.mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(entry.content.length, 124, 12);
  octal(0, 136, 12);
  // The checksum is taken with its own field full of blanks.
  block.write(' '.repeat(8), 148, 'latin1');
  block.write('0', 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/**
 * Whether an archive, of which `start` holds the first three blocks or more, has anything in it beside one
 * directory: another entry, or a first entry that is no directory.
 */
export function holdsSomething(start: Uint8Array): boolean {
  const directory = start[156] === '5'.charCodeAt(0);
  // A directory has no content, so the next header, or the zeros of the end, follow at once.
  return !directory || start.subarray(BLOCK, 2 * BLOCK).some((byte) => byte !== 0);
}
