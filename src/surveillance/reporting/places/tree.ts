/** What lies in what. Held in memory: the largest country has some hundred thousand places. */
export interface Node {
  readonly id: number;
  readonly parentId: number | undefined;
}

export interface Tree<N extends Node> {
  readonly roots: readonly N[];
  find(id: number): N | undefined;
  childrenOf(id: number): readonly N[];
  /** The place itself and everything in it, each after what it lies in. */
  within(id: number): readonly N[];
  /** From the top down to the one above it. */
  above(id: number): readonly N[];
}

/** Children keep the order of the list. Whoever lies in a place that is not in the list is a root. */
export function plantTree<N extends Node>(nodes: readonly N[]): Tree<N> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const children = Map.groupBy(nodes, ({ parentId }) =>
    parentId !== undefined && byId.has(parentId) ? parentId : undefined,
  );
  const childrenOf = (id: number): readonly N[] => children.get(id) ?? [];
  return {
    roots: children.get(undefined) ?? [],
    find: (id) => byId.get(id),
    childrenOf,
    within(id) {
      const start = byId.get(id);
      const found: N[] = start ? [start] : [];
      for (let at = 0; at < found.length; at++) for (const child of childrenOf(found[at]?.id ?? -1)) found.push(child);
      return found;
    },
    above(id) {
      const path: N[] = [];
      let node = byId.get(id);
      while (node?.parentId !== undefined) {
        node = byId.get(node.parentId);
        if (!node) break;
        path.unshift(node);
      }
      return path;
    },
  };
}
