/**
 * File names are bytes, and hostile ones at that. The probe writes every byte outside printable ASCII,
 * the backslash and the space as `\xNN`; here such text becomes what people read: UTF-8 where it is
 * valid and printable, and `\xNN` for every other byte. The result holds no control character, no line
 * break and no direction override, so that each reporter only has to escape its own form's syntax.
 */
export function showName(escaped: string): string {
  return showBytes(nameBytes(escaped));
}

/** The bytes that an escaped name of the probe stands for. */
export function nameBytes(escaped: string): Uint8Array {
  const bytes: number[] = [];
  for (let at = 0; at < escaped.length; at++) {
    const hex = /^\\x([0-9a-f]{2})/i.exec(escaped.slice(at, at + 4));
    if (hex) {
      bytes.push(Number.parseInt(hex[1] ?? '', 16));
      at += 3;
    } else {
      bytes.push(escaped.charCodeAt(at) & 0xff);
    }
  }
  return Uint8Array.from(bytes);
}

// What must not reach a report as it is: controls, line and paragraph separators, surrogates,
// formatting characters (direction overrides, zero-width), private use and unassigned code points,
// and the backslash, so that `\xNN` in a report is never ambiguous.
const UNPRINTABLE = /[\p{C}\u2028\u2029\\]/u;

/** Bytes as readable text; see `showName`. */
export function showBytes(bytes: Uint8Array): string {
  let shown = '';
  for (let at = 0; at < bytes.length; ) {
    const length = utf8Length(bytes[at] ?? 0);
    const character = length > 0 ? decode(bytes.subarray(at, at + length)) : null;
    if (character !== null && !UNPRINTABLE.test(character)) {
      shown += character;
      at += length;
    } else {
      shown += `\\x${(bytes[at] ?? 0).toString(16).padStart(2, '0')}`;
      at += 1;
    }
  }
  return shown;
}

function utf8Length(first: number): number {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  if (first >= 0xf0 && first < 0xf5) return 4;
  return 0;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}
