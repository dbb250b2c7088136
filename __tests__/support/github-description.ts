import { createRequire } from 'node:module';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

type Json = Record<string, unknown>;

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Json;
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly (Parameter | { $ref: string })[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Record<string, { schema: Json }> };
  readonly responses: Record<string, { $ref: string } | { content?: Record<string, { schema: Json }> }>;
}

export interface Route {
  readonly operation: Operation;
  /** As they stand in the path, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
}

const ID = 'https://api.github.com/description';

/** GitHub's own OpenAPI description of its REST API, as the npm package @octokit/openapi publishes it. */
export class GitHubDescription {
  readonly #document: { paths: Record<string, Record<string, Operation>>; components: Json };
  readonly #ajv: Ajv;
  readonly #validators = new Map<unknown, ValidateFunction>();

  constructor() {
    // 13 MB, read when the first server starts.
    this.#document = createRequire(import.meta.url)('@octokit/openapi/generated/api.github.com.json');
    this.#ajv = new Ajv({ strict: false, allErrors: true, coerceTypes: false, logger: false });
    addFormats.default(this.#ajv);
    this.#ajv.addSchema({ $id: ID, components: asJsonSchema(this.#document.components) }, ID, false, false);
  }

  /** The described operation that a request means; null: GitHub knows none. */
  route(method: string, path: string): Route | null {
    const matches = Object.entries(this.#document.paths)
      .map(([template, operations]) => ({
        operation: operations[method.toLowerCase()],
        parameters: match(template, path),
      }))
      .filter((found) => found.operation && found.parameters)
      // `/user/issues` beats `/user/{id}`.
      .sort((a, b) => Object.keys(a.parameters ?? {}).length - Object.keys(b.parameters ?? {}).length);
    const [best] = matches;
    return best?.operation && best.parameters ? { operation: best.operation, parameters: best.parameters } : null;
  }

  /** What is wrong with a request; nothing: []. */
  requestFaults({ operation, parameters }: Route, query: URLSearchParams, body: unknown): string[] {
    const described = (operation.parameters ?? []).map((one) => this.#resolve<Parameter>(one));
    const inQuery = described.filter((one) => one.in === 'query');
    const faults = [...query.keys()]
      .filter((name) => !inQuery.some((one) => one.name === name))
      .map((name) => `query parameter ${name} is not described`);
    for (const { name, in: place, required, schema } of described) {
      const value = place === 'query' ? query.get(name) : place === 'path' ? (parameters[name] ?? null) : null;
      if (value === null) {
        if (required && place !== 'header') faults.push(`${place} parameter ${name} is missing`);
      } else {
        faults.push(
          ...this.#faults(schema, typed(schema, value)).map((fault) => `${place} parameter ${name}: ${fault}`),
        );
      }
    }
    return [...faults, ...this.#bodyFaults(operation, body)];
  }

  /** What is wrong with an answer of this server's own. */
  answerFaults({ operation }: Route, status: number, body: unknown): string[] {
    const described = operation.responses[String(status)];
    const schema = described
      ? this.#resolve<{ content?: Record<string, { schema: Json }> }>(described).content?.['application/json']?.schema
      : status >= 400
        ? { $ref: '#/components/schemas/basic-error' }
        : null;
    if (schema === null) return [`status ${status} is not described`];
    return schema ? this.#faults(schema, body).map((fault) => `answer ${status}: ${fault}`) : [];
  }

  /** The first of the description's own examples of this name. */
  example(name: string): Json {
    const examples = this.#document.components.examples as Record<string, { value: Json | Json[] }>;
    const value = examples[name]?.value;
    const [first] = Array.isArray(value) ? value : [value];
    if (!first) throw new Error(`The description has no example ${name}.`);
    return first;
  }

  #bodyFaults(operation: Operation, body: unknown): string[] {
    const described = operation.requestBody;
    if (!described) return body === undefined ? [] : ['a body is not described'];
    if (body === undefined) return described.required ? ['the body is missing'] : [];
    const schema = described.content['application/json']?.schema;
    if (!schema) return ['a JSON body is not described'];
    const known = Object.keys((schema.properties as Json | undefined) ?? {});
    const unknown = Object.keys(body as Json).filter((name) => !known.includes(name));
    return [...unknown.map((name) => `body property ${name} is not described`), ...this.#faults(schema, body)];
  }

  #faults(schema: Json, value: unknown): string[] {
    let validate = this.#validators.get(schema);
    if (!validate) {
      validate = this.#ajv.compile(asJsonSchema(schema, ID) as Json);
      this.#validators.set(schema, validate);
    }
    if (validate(value)) return [];
    return (validate.errors ?? []).map((error) => `${error.instancePath || 'value'} ${error.message}`);
  }

  #resolve<T>(value: unknown): T {
    const reference = (value as { $ref?: string }).$ref;
    if (!reference) return value as T;
    const steps = reference.replace(/^#\//, '').split('/');
    return steps.reduce((at: unknown, step) => (at as Json)[step], this.#document) as T;
  }
}

/** OpenAPI 3.0 is not quite JSON Schema: `nullable` may stand beside anything, and references need a base. */
function asJsonSchema(value: unknown, base = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => asJsonSchema(one, base));
  if (typeof value !== 'object' || value === null) return value;
  const { nullable, ...rest } = value as Json;
  const converted: Json = {};
  for (const [name, one] of Object.entries(rest)) {
    // An example is data, whatever it looks like.
    if (name === 'example' || name === 'examples') continue;
    converted[name] =
      name === '$ref' && typeof one === 'string' ? one.replace(/^#/, `${base}#`) : asJsonSchema(one, base);
  }
  // A property may be called `nullable`; the keyword is a boolean.
  if (nullable === true) return { anyOf: [converted, { type: 'null' }] };
  return nullable === undefined || nullable === false
    ? converted
    : { ...converted, nullable: asJsonSchema(nullable, base) };
}

function match(template: string, path: string): Record<string, string> | null {
  const wanted = template.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const parameters: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (name === undefined ? part !== value : value === '') return null;
    if (name !== undefined) parameters[name] = decodeURIComponent(value);
  }
  return parameters;
}

/** Text of an address as the type that is described, where it can be read so. */
function typed(schema: Json, text: string): unknown {
  if ((schema.type === 'integer' || schema.type === 'number') && /^-?\d+$/.test(text)) return Number(text);
  if (schema.type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true';
  return text;
}
