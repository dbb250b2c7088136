import { quoted } from './complaint.js';
import { OPTIONS, type Option, type Settings } from './options.js';

const BY_NAME = new Map(OPTIONS.flatMap((option) => option.names.map((name) => [name, option] as const)));

/** The names that may be written, for whoever wrote another one. */
export const KNOWN: string = OPTIONS.filter((option) => option.kind !== 'refused')
  .map((option) => option.names.join(' '))
  .join(', ');

/** Reads the words after `curl`, in every form that curl takes: `-sSf`, `-XPOST`, `-o FILE`, `--name VALUE`, and `--name=VALUE`. */
export function readArguments(words: readonly string[], complaints: string[]): Settings {
  const settings: Settings = {
    urls: [],
    method: null,
    headers: [],
    data: [],
    json: false,
    get: false,
    head: false,
    user: null,
    userAgent: 'immutable-check',
    referer: '',
    cookies: [],
    follow: false,
    maxRedirects: 50,
    maxTime: null,
    connectTimeout: null,
    compressed: false,
    insecure: false,
    fail: false,
    include: false,
    globOff: false,
    pathAsIs: false,
  };
  const unknown: string[] = [];
  const rest = [...words];
  let optionsEnded = false;
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (optionsEnded || !word.startsWith('-')) settings.urls.push(word);
    else if (word === '--') optionsEnded = true;
    else if (word.startsWith('--')) readLong(word);
    else readShort(word);
  }
  if (unknown.length > 0) {
    const names = [...new Set(unknown)].map((name) => quoted(name)).join(', ');
    complaints.push(`No option of this name is known here: ${names}. Take it away, or use what is known: ${KNOWN}.`);
  }
  return settings;

  function readLong(word: string): void {
    const equals = word.indexOf('=');
    const name = equals < 0 ? word : word.slice(0, equals);
    const given = equals < 0 ? null : word.slice(equals + 1);
    const option = BY_NAME.get(name);
    const turnedOff = name.startsWith('--no-') ? BY_NAME.get(`--${name.slice(5)}`) : undefined;
    if (option !== undefined) apply(option, name, given, true);
    else if (turnedOff?.kind === 'flag') apply(turnedOff, name, given, false);
    else unknown.push(name);
  }

  // -sSfo FILE: flags stand together, and what follows an option that takes a value is the value.
  function readShort(word: string): void {
    if (word === '-') unknown.push(word);
    for (let at = 1; at < word.length; at++) {
      const name = `-${word[at]}`;
      const option = BY_NAME.get(name);
      if (option === undefined) {
        // What follows may be its value: there is no telling, so nothing more is said of this word.
        unknown.push(name);
        return;
      }
      const joined = takesValue(option) && at + 1 < word.length ? word.slice(at + 1) : null;
      apply(option, name, joined, true);
      if (takesValue(option)) return;
    }
  }

  function apply(option: Option, name: string, joined: string | null, on: boolean): void {
    if (!takesValue(option) && joined !== null) {
      complaints.push(`${name} takes no value, and is given ${quoted(joined)}. Write ${name} alone.`);
      return;
    }
    const given = takesValue(option) ? (joined ?? rest.shift()) : '';
    if (given === undefined) {
      complaints.push(`${name} needs a value after it.`);
      return;
    }
    switch (option.kind) {
      case 'flag':
        option.set(settings, on);
        return;
      case 'value': {
        const complaint = option.set(settings, given);
        if (complaint !== undefined) complaints.push(`${name}: ${complaint}`);
        return;
      }
      case 'ignored':
        return;
      case 'refused':
        complaints.push(`${name} cannot be used here. ${option.instead}`);
    }
  }
}

function takesValue(option: Option): boolean {
  return option.kind === 'value' || ((option.kind === 'ignored' || option.kind === 'refused') && option.takesValue);
}
