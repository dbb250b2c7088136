import type { Container, ContainerState } from '../engines/engine.js';

/** Milliseconds until the engine is asked first: a program that answers at once costs no question. */
const FIRST_LOOK = 300;

/** The pause between two questions doubles up to this. */
const LONGEST_PAUSE = 2000;

/** Watches whether a container's program still runs, and says in words why not. */
export class Life implements AsyncDisposable {
  readonly #container: Container;
  #over: string | null = null;
  #exitCode: number | null = null;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<unknown> = Promise.resolve();

  constructor(container: Container) {
    this.#container = container;
    this.#again(FIRST_LOOK);
  }

  /** Why the program cannot answer any more, as far as is known by now; null while it may. */
  isOver(): string | null {
    return this.#over;
  }

  /** The exit code, null while the program runs. */
  get exitCode(): number | null {
    return this.#exitCode;
  }

  /** Asks the engine now. */
  async check(): Promise<string | null> {
    if (this.#over === null) this.#note(await this.#container.state());
    return this.#over;
  }

  /** The state of a running container's health check. */
  async health(): Promise<'none' | 'starting' | 'healthy' | 'unhealthy'> {
    const state = await this.#container.state();
    this.#note(state);
    return state.kind === 'running' ? state.health : 'none';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#looking;
  }

  /** Asks in so many milliseconds, and then again and again. */
  #again(ms: number): void {
    this.#timer = setTimeout(() => {
      // An engine that does not answer shows where its answer is needed.
      this.#looking = this.check()
        .catch(() => null)
        .then((over) => {
          if (over === null && this.#timer !== undefined) this.#again(Math.min(2 * ms, LONGEST_PAUSE));
        });
    }, ms);
    this.#timer.unref();
  }

  #note(state: ContainerState): void {
    if (state.kind === 'running') {
      if (state.restarts > 0) this.#over = `it was restarted ${state.restarts} times`;
      return;
    }
    this.#exitCode = state.exitCode;
    const why = state.reason ? ` (${state.reason})` : '';
    this.#over = `it exited with code ${state.exitCode}${why}${meaning(state.exitCode)}`;
  }
}

function meaning(exitCode: number): string {
  if (exitCode === 0) return '; a program that goes into the background ends its container';
  if (exitCode === 137) return ' (killed)';
  if (exitCode === 139) return ' (it crashed)';
  return '';
}
