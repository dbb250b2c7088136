import { visibleLine, visibleLines } from './visible.js';

/** Foreign text for one line of a terminal: it cannot move the cursor, colour, ring or break the line. */
export function line(text: string): string {
  return visibleLine(text);
}

/** Foreign text of several lines, each indented. */
export function block(text: string, indent: string): string {
  return visibleLines(text)
    .split('\n')
    .map((one) => (indent + one).trimEnd())
    .join('\n');
}

/**
 * A finished text in which no line is a command to the runner of GitHub Actions, wherever the wrapping put it.
 * The runner obeys `::name::` behind leading spaces and `##[name]` anywhere (actions/runner, ActionCommand.cs).
 */
export function withoutCommands(output: string): string {
  return output.replace(/^(\s*):(?=:)/gm, '$1: ').replace(/##\[/g, '# #[');
}
