import { RUN_LABEL } from './arguments.js';
import { type Client, lastLines } from './client.js';

/**
 * Everything that one run made on the engine, and its removal. A removal is begun by whoever does not need the
 * thing any more, and waited for at the end: the report is written meanwhile.
 */
export class Leftovers {
  readonly #client: Client;
  readonly #run: string;
  readonly #made = new Set<string>();
  readonly #containers = new Set<Promise<void>>();
  readonly #volumes = new Set<Promise<void>>();

  constructor(client: Client, run: string) {
    this.#client = client;
    this.#run = run;
  }

  /** To be called before a container or volume of this name is made. */
  expect(name: string): void {
    this.#made.add(name);
  }

  /** To be called where something may have been made under a name that is not known: its label tells then. */
  doubt(): void {
    this.#made.add('');
  }

  /** Begins to remove a container, with the anonymous volumes of its image's VOLUMEs. */
  removeContainer(name: string): void {
    this.#containers.add(this.#remove(name, ['rm', '--force', '--volumes', name]));
  }

  /** Begins to remove a volume, once the containers that may use it are gone. */
  removeVolume(name: string): void {
    const containers = [...this.#containers];
    this.#volumes.add(Promise.all(containers).then(() => this.#remove(name, ['volume', 'rm', '--force', name])));
  }

  async close(): Promise<readonly string[]> {
    await Promise.all(this.#containers);
    await Promise.all(this.#volumes);
    // What failed, or was made by a call that did not come back, is looked for by its label.
    return this.#made.size === 0 ? [] : this.removeAll();
  }

  async removeAll(): Promise<readonly string[]> {
    return [
      ...(await this.#removeLabelled(['ps', '--all'], ['rm', '--force', '--volumes'])),
      ...(await this.#removeLabelled(['volume', 'ls'], ['volume', 'rm', '--force'])),
    ];
  }

  async #remove(name: string, removal: readonly string[]): Promise<void> {
    try {
      const { exitCode } = await this.#client.clean(removal);
      if (exitCode === 0) this.#made.delete(name);
    } catch {
      // It stays in the list, and `close` tries again and tells.
    }
  }

  async #removeLabelled(list: readonly string[], removal: readonly string[]): Promise<string[]> {
    try {
      const listed = await this.#client.clean([...list, '--quiet', '--filter', `label=${RUN_LABEL}=${this.#run}`]);
      if (listed.exitCode !== 0) return [lastLines(listed.stderr)];
      const ids = Buffer.from(listed.stdout).toString('utf8').split('\n');
      const found = ids.filter((id) => id !== '');
      if (found.length === 0) return [];
      const removed = await this.#client.clean([...removal, ...found]);
      return removed.exitCode === 0 ? [] : [lastLines(removed.stderr)];
    } catch (thrown) {
      return [String(thrown)];
    }
  }
}
