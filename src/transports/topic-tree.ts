/** One level of the filters: what ends here, what ends in `#` here, and what goes on. */
interface Node<Value> {
  readonly next: Map<string, Node<Value>>;
  readonly here: Set<Value>;
  readonly below: Set<Value>;
}

/** Values under topic filters, found by topic without a look at every filter: a house may have thousands. */
export class TopicTree<Value> {
  readonly #root: Node<Value> = newNode();

  add(filter: string, value: Value): void {
    this.#endOf(filter).add(value);
  }

  delete(filter: string, value: Value): void {
    this.#endOf(filter).delete(value);
  }

  /** Each value once, in no particular order. */
  match(topic: string): ReadonlySet<Value> {
    const found = new Set<Value>();
    const take = (values: ReadonlySet<Value>): void => {
      for (const value of values) found.add(value);
    };
    const levels = topic.split('/');
    // A wildcard in the first level does not meet what the broker says of itself.
    const own = topic.startsWith('$');
    let nodes = [this.#root];
    for (const [depth, level] of levels.entries()) {
      const wild = depth > 0 || !own;
      const next: Node<Value>[] = [];
      for (const node of nodes) {
        if (wild) take(node.below);
        const exact = node.next.get(level);
        if (exact !== undefined) next.push(exact);
        const any = wild ? node.next.get('+') : undefined;
        if (any !== undefined) next.push(any);
      }
      nodes = next;
    }
    for (const node of nodes) {
      take(node.here);
      take(node.below);
    }
    return found;
  }

  #endOf(filter: string): Set<Value> {
    const levels = filter.split('/');
    const below = levels.at(-1) === '#';
    let node = this.#root;
    for (const level of below ? levels.slice(0, -1) : levels) {
      const known = node.next.get(level) ?? newNode<Value>();
      node.next.set(level, known);
      node = known;
    }
    return below ? node.below : node.here;
  }
}

function newNode<Value>(): Node<Value> {
  return { next: new Map(), here: new Set(), below: new Set() };
}
