/** Which declaration answers which address. Settled at start: a mistake in a declaration stops the program, not a visitor. */
import { apiPathOf, type Endpoint } from './endpoint.ts';

export type Form = 'page' | 'json' | 'raw';

export interface Route {
  readonly path: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly form: Form;
  readonly endpoint: Endpoint;
}

/** In the order in which the router must be told: `/signals/new` before `/signals/:id`. */
export function routesOf(endpoints: readonly Endpoint[]): readonly Route[] {
  const routes = endpoints.flatMap((endpoint): Route[] => {
    checkDeclaration(endpoint);
    switch (endpoint.kind) {
      case 'read':
        return [
          ...(endpoint.page ? [{ path: endpoint.path, method: 'GET', form: 'page', endpoint } as const] : []),
          { path: apiPathOf(endpoint.path), method: 'GET', form: 'json', endpoint },
        ];
      case 'write':
        return [
          { path: endpoint.path, method: 'POST', form: 'page', endpoint },
          { path: apiPathOf(endpoint.path), method: endpoint.method, form: 'json', endpoint },
        ];
      case 'raw':
      case 'asset':
        return [{ path: endpoint.path, method: 'GET', form: 'raw', endpoint }];
      case 'receive':
        return [{ path: endpoint.path, method: endpoint.method, form: 'raw', endpoint }];
    }
  });
  const seen = new Set<string>();
  for (const { method, path } of routes) {
    const shape = `${method} ${path.replace(/:[A-Za-z]+/g, ':')}`;
    if (seen.has(shape)) throw new TypeError(`two endpoints answer ${method} ${path}`);
    seen.add(shape);
  }
  return routes.toSorted((a, b) => compareKeys(keyOf(a.path), keyOf(b.path)));
}

export function methodsOf(routes: readonly Route[], path: string): readonly string[] {
  const methods = routes.filter((route) => route.path === path).map(({ method }) => method);
  return [...new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))].sort();
}

function checkDeclaration(endpoint: Endpoint): void {
  const { path, params } = endpoint;
  if (path !== '/' && !/^(?:\/(?::[A-Za-z]+(?:\{[^/]+\})?|[A-Za-z0-9._-]+))+$/.test(path))
    throw new TypeError(`not a path: ${path}`);
  if (/^\/api(?:\/|$)/.test(path) && endpoint.kind !== 'raw')
    throw new TypeError(`${path}: /api is added by the pipeline`);
  const inPath = [...path.matchAll(/:([A-Za-z]+)/g)].map(([, name]) => name).filter((name) => name !== 'party');
  const declared = Object.keys(params.shape);
  if (new Set([...inPath, ...declared]).size !== inPath.length || inPath.length !== declared.length)
    throw new TypeError(
      `${path}: the path names ${inPath.join(', ') || 'nothing'}, params ${declared.join(', ') || 'nothing'}`,
    );
}

// Fixed segments sort before named ones, position by position, and the shorter path first.
const keyOf = (path: string): readonly string[] =>
  path.split('/').map((part) => (part.startsWith(':') ? '1' : `0${part}`));

function compareKeys(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const [left = '', right = ''] = [a[at], b[at]];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
