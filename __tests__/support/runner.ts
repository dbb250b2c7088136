/** What a GitHub runner makes of a step's log. */
export interface Heard {
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  readonly groups: readonly string[];
  readonly masked: readonly string[];
  /** Every other command that it would obey, as `name`; a step of ours gives none. */
  readonly others: readonly string[];
  /** Whether commands were still stopped when the log ended. */
  readonly stopped: boolean;
  /** What the step says itself, in no command. */
  readonly shown: string;
  /** What it lets others say: everything while commands were stopped. */
  readonly foreign: string;
}

/**
 * A model of the runner's parser (actions/runner, src/Runner.Worker/ActionCommandManager.cs and
 * src/Runner.Common/ActionCommand.cs): a line that begins with `::` after blanks, or holds `##[` anywhere, is a
 * command if its name is known; after `stop-commands` only the token's own command is one.
 */
export function listen(log: string): Heard {
  const heard = {
    errors: [] as string[],
    warnings: [] as string[],
    groups: [] as string[],
    masked: [] as string[],
    others: [] as string[],
  };
  const shown: string[] = [];
  const foreign: string[] = [];
  let token: string | null = null;
  // A carriage return ends a line for the runner's stream reader, too.
  for (const line of log.split(/\r\n|\n|\r/)) {
    const command = parse(line);
    if (token !== null) {
      if (command?.name === token) token = null;
      else foreign.push(line);
      continue;
    }
    if (!command) {
      shown.push(line);
      continue;
    }
    switch (command.name) {
      case 'stop-commands':
        token = command.data;
        break;
      case 'error':
        heard.errors.push(command.data);
        break;
      case 'warning':
        heard.warnings.push(command.data);
        break;
      case 'group':
        heard.groups.push(command.data);
        break;
      case 'endgroup':
        break;
      case 'add-mask':
        heard.masked.push(command.data);
        break;
      default:
        heard.others.push(command.name);
    }
  }
  return { ...heard, stopped: token !== null, shown: shown.join('\n'), foreign: foreign.join('\n') };
}

function parse(line: string): { name: string; data: string } | null {
  const second = /^\s*::([^:\s]*)(?:\s[^:]*(?::(?!:)[^:]*)*)?::(.*)$/s.exec(line);
  if (second) return { name: second[1] ?? '', data: unescaped(second[2] ?? '') };
  const at = line.indexOf('##[');
  if (at < 0) return null;
  const first = /^##\[([^\]\s]+)[^\]]*\](.*)$/s.exec(line.slice(at));
  return first ? { name: first[1] ?? '', data: unescaped(first[2] ?? '') } : null;
}

function unescaped(data: string): string {
  return data.replaceAll('%0A', '\n').replaceAll('%0D', '\r').replaceAll('%25', '%');
}
