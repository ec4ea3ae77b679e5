import type { Node } from '../../onnx/model';

/** Nodes of modules that are applied once more, by the names that torch gives the operators of each application. */
export interface Applications {
  /** The node does again what an earlier one did: `/a_1/fc/MatMul` after `/a/fc/MatMul`. */
  readonly repeats: (node: Node) => boolean;
  /** False for a single pair of such names, which may be an author's own. */
  readonly areSeveral: boolean;
  /** The node of the first application. */
  readonly firstOf: (node: Node) => Node | undefined;
}

/** Compares names alone: whether the operators are alike is for the caller to say. Takes the nodes in their order. */
export function applicationsOf(order: readonly Node[]): Applications {
  const named = new Map<string, Node>();
  const first = new Map<Node, Node>();
  const scopes = new Set<string>();
  for (const node of order) {
    const earlier = earlierApplication(node, named);
    if (earlier !== undefined) {
      first.set(node, earlier);
      scopes.add(node.name.slice(0, node.name.lastIndexOf('/')));
    }
    if (node.name !== '') named.set(node.name, node);
  }
  return { repeats: (node) => first.has(node), areSeveral: scopes.size > 1, firstOf: (node) => first.get(node) };
}

/** Modules are nested less deeply than this; a longer name is no path of them. */
const DEEPEST_PATH = 32;

/** torch numbers the applications after the first at the module that is applied again, wherever in the path that is. */
function earlierApplication(node: Node, named: ReadonlyMap<string, Node>): Node | undefined {
  // Of most operators no module is numbered.
  if (!/_\d+\//.test(node.name)) return undefined;
  const path = node.name.split('/');
  if (path[0] !== '' || path.length < 3 || path.length > DEEPEST_PATH) return undefined;
  for (let part = path.length - 2; part > 0; part--) {
    const module = path[part]?.replace(/_\d+$/, '');
    if (module === undefined || module === '' || module === path[part]) continue;
    const earlier = named.get([...path.slice(0, part), module, ...path.slice(part + 1)].join('/'));
    if (earlier?.opType === node.opType) return earlier;
  }
  return undefined;
}
