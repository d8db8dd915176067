/**
 * A small reader of Jinja, as much of it as Home Assistant's templates of ours use, and with Python's notions of truth
 * and text. What it does not know, it throws at: a template that grows beyond it must be looked at.
 */
type Scope = Readonly<Record<string, unknown>>;

const TOKEN = /\s*(?:(?<text>'[^']*')|(?<number>\d+)|(?<name>[A-Za-z_]\w*)|(?<sign>==|\{\}|[()[\]~.,:|]))/y;
const WORDS = new Set(['if', 'else', 'or', 'and', 'not', 'in', 'is', 'none']);

/** Renders a template as Home Assistant does: everything is a text at the end. */
export function render(template: string, scope: Scope): string {
  const rest = template.replace(/\{\{(?<expression>.*?)\}\}(?!\})/g, (_all, expression: string) =>
    textOf(new Reader(expression, scope).whole()),
  );
  if (/\{[{%#]/.test(rest)) throw new Error(`more Jinja than this knows: ${template}`);
  return rest;
}

/** Nothing is worked out before it is needed: the branch not taken may not even be possible. */
type Value = () => unknown;

class Reader {
  readonly #tokens: readonly string[];
  readonly #scope: Scope;
  #at = 0;

  constructor(expression: string, scope: Scope) {
    this.#tokens = tokensOf(expression);
    this.#scope = scope;
  }

  whole(): unknown {
    const value = this.#choice();
    if (this.#at < this.#tokens.length) throw new Error(`unexpected "${this.#peek()}"`);
    return value();
  }

  #choice(): Value {
    const value = this.#or();
    if (!this.#take('if')) return value;
    const condition = this.#or();
    this.#expect('else');
    const other = this.#choice();
    return () => (isTrue(condition()) ? value() : other());
  }

  #or(): Value {
    let value = this.#and();
    while (this.#take('or')) {
      const [first, second] = [value, this.#and()];
      value = () => {
        const known = first();
        return isTrue(known) ? known : second();
      };
    }
    return value;
  }

  #and(): Value {
    let value = this.#comparison();
    while (this.#take('and')) {
      const [first, second] = [value, this.#comparison()];
      value = () => {
        const known = first();
        return isTrue(known) ? second() : known;
      };
    }
    return value;
  }

  #comparison(): Value {
    const value = this.#joined();
    if (this.#take('==')) {
      const other = this.#joined();
      return () => value() === other();
    }
    if (this.#take('is')) {
      const no = this.#take('not');
      this.#expect('none');
      return () => (value() === null) !== no;
    }
    const not = this.#take('not');
    if (not) this.#expect('in');
    else if (!this.#take('in')) return value;
    const list = this.#joined();
    return () => {
      const items = list();
      if (!Array.isArray(items)) throw new Error('"in" wants a list');
      return items.includes(value()) !== not;
    };
  }

  #joined(): Value {
    let value = this.#member();
    while (this.#take('~')) {
      const [first, second] = [value, this.#member()];
      value = () => textOf(first()) + textOf(second());
    }
    return value;
  }

  #member(): Value {
    let value = this.#primary();
    for (;;) {
      const of = value;
      if (this.#take('.')) {
        const name = this.#next();
        value = () => memberOf(of(), name);
      } else if (this.#take('[')) {
        this.#expect(':');
        const length = Number(this.#next());
        this.#expect(']');
        value = () => textOf(of()).slice(0, length);
      } else if (this.#take('|')) {
        this.#expect('tojson');
        value = () => JSON.stringify(of());
      } else return value;
    }
  }

  #primary(): Value {
    const token = this.#next();
    if (token.startsWith("'")) return () => token.slice(1, -1);
    if (token === 'none') return () => null;
    if (token === '{}') return () => ({});
    if (token === '(') {
      const value = this.#choice();
      this.#expect(')');
      return value;
    }
    if (token === '[') {
      const items: Value[] = [];
      do items.push(this.#choice());
      while (this.#take(','));
      this.#expect(']');
      return () => items.map((item) => item());
    }
    if (!/^[A-Za-z_]/.test(token) || WORDS.has(token)) throw new Error(`unexpected "${token}"`);
    return () => {
      if (!(token in this.#scope)) throw new Error(`"${token}" is not defined`);
      return this.#scope[token];
    };
  }

  #peek(): string {
    return this.#tokens[this.#at] ?? '';
  }

  #next(): string {
    const token = this.#peek();
    if (token === '') throw new Error('the expression ends too early');
    this.#at += 1;
    return token;
  }

  #take(token: string): boolean {
    if (this.#peek() !== token) return false;
    this.#at += 1;
    return true;
  }

  #expect(token: string): void {
    if (!this.#take(token)) throw new Error(`"${token}" is missing before "${this.#peek()}"`);
  }
}

function tokensOf(expression: string): string[] {
  const tokens: string[] = [];
  const text = expression.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const from = TOKEN.lastIndex;
    const token = TOKEN.exec(text)?.[0].trim();
    if (token === undefined) throw new Error(`cannot read "${text.slice(from)}"`);
    tokens.push(token);
  }
  return tokens;
}

function isTrue(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

/** A member of nothing is an error there; one that is missing is undefined, and prints as nothing. */
function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) throw new Error(`nothing has no ${name}`);
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

function textOf(value: unknown): string {
  if (value === undefined) return '';
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new Error('only plain values are shown');
}
