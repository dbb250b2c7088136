import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Bytes of `dist/index.js` with what it loads at once, of all the JavaScript, and of the whole folder. */
export function size(dist) {
  const files = readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  const sum = (some) => some.reduce((total, file) => total + statSync(file).size, 0);
  return {
    start: sum(loadedAtOnce(join(dist, 'index.js'))),
    scripts: sum(files.filter((file) => file.endsWith('.js'))),
    all: sum(files),
  };
}

/** @returns {string[]} the file, and every file that it imports statically, directly or not */
export function loadedAtOnce(entry) {
  const found = new Set();
  const visit = (file) => {
    if (found.has(file)) return;
    found.add(file);
    for (const name of staticImports(readFileSync(file, 'utf8'))) visit(resolve(dirname(file), name));
  };
  visit(resolve(entry));
  return [...found];
}

/** Relative paths in the import and re-export statements of a module; `import()` loads later. */
export function staticImports(text) {
  return [...text.matchAll(/^(?:import|export)\b(?:[^'"();]*?\bfrom)?\s*["'](\.[^"']+)["']/gm)].map(([, path]) => path);
}
