/**
 * Expressions of DHIS2 validation rules and predictors, as far as threshold rules use them:
 *
 *   or      = and { "||" and }
 *   and     = compare { "&&" compare }
 *   compare = sum [ ( ">=" | ">" | "<=" | "<" | "==" | "!=" ) sum ]
 *   sum     = product { ( "+" | "-" ) product }
 *   product = unary { ( "*" | "/" ) unary }
 *   unary   = [ "-" | "!" ] primary
 *   primary = number | "#{" id [ "." id ] "}" | name "(" or { "," or } ")" | "(" or ")"
 *
 * Anything else is refused, not guessed at.
 */
export type Comparator = '>=' | '>' | '<=' | '<' | '==' | '!=';

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  /** A data element, with its category option combination if one is named. */
  | { readonly kind: 'element'; readonly id: string; readonly combo: string | undefined }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'compare'; readonly operator: Comparator; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'all' | 'any'; readonly terms: readonly Expression[] }
  | { readonly kind: 'not' | 'negative'; readonly term: Expression }
  | {
      readonly kind: 'arithmetic';
      readonly operator: '+' | '-' | '*' | '/';
      readonly left: Expression;
      readonly right: Expression;
    };

const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?)|#\{([A-Za-z0-9]+)(?:\.([A-Za-z0-9]+))?\}|([A-Za-z]\w*)|(\|\||&&|>=|<=|==|!=|[-+*/()<>!,]))/y;

type Token =
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'element'; readonly id: string; readonly combo: string | undefined }
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'symbol'; readonly symbol: string };

/** Undefined when the text is not of this grammar. */
export function parseExpression(text: string): Expression | undefined {
  const tokens = tokenize(text.trim());
  if (tokens === undefined) return undefined;
  let at = 0;
  const symbol = (): string | undefined => {
    const token = tokens[at];
    return token?.type === 'symbol' ? token.symbol : undefined;
  };
  const accept = (wanted: string): boolean => {
    if (symbol() !== wanted) return false;
    at++;
    return true;
  };
  const joined = (kind: 'all' | 'any', sign: string, next: () => Expression | undefined): Expression | undefined => {
    const terms: Expression[] = [];
    do {
      const term = next();
      if (term === undefined) return undefined;
      terms.push(term);
    } while (accept(sign));
    return terms.length === 1 ? terms[0] : { kind, terms };
  };
  const parseOr = (): Expression | undefined => joined('any', '||', parseAnd);
  const parseAnd = (): Expression | undefined => joined('all', '&&', parseCompare);
  const parseCompare = (): Expression | undefined => {
    const left = parseSum();
    const operator = COMPARATORS.find((candidate) => candidate === symbol());
    if (left === undefined || operator === undefined) return left;
    at++;
    const right = parseSum();
    return right === undefined ? undefined : { kind: 'compare', operator, left, right };
  };
  const chained = (
    signs: readonly ('+' | '-' | '*' | '/')[],
    next: () => Expression | undefined,
  ): Expression | undefined => {
    let left = next();
    for (;;) {
      const operator = signs.find((candidate) => candidate === symbol());
      if (left === undefined || operator === undefined) return left;
      at++;
      const right = next();
      left = right === undefined ? undefined : { kind: 'arithmetic', operator, left, right };
    }
  };
  const parseSum = (): Expression | undefined => chained(['+', '-'], parseProduct);
  const parseProduct = (): Expression | undefined => chained(['*', '/'], parseUnary);
  const parseUnary = (): Expression | undefined => {
    const kind = accept('-') ? 'negative' : accept('!') ? 'not' : undefined;
    const term = parsePrimary();
    return term === undefined || kind === undefined ? term : { kind, term };
  };
  const parsePrimary = (): Expression | undefined => {
    if (accept('(')) {
      const inner = parseOr();
      return inner !== undefined && accept(')') ? inner : undefined;
    }
    const token = tokens[at];
    if (token === undefined || token.type === 'symbol') return undefined;
    at++;
    if (token.type === 'number') return { kind: 'number', value: token.value };
    if (token.type === 'element') return { kind: 'element', id: token.id, combo: token.combo };
    if (!accept('(')) return undefined;
    const args: Expression[] = [];
    do {
      const argument = parseOr();
      if (argument === undefined) return undefined;
      args.push(argument);
    } while (accept(','));
    return accept(')') ? { kind: 'call', name: token.name, args } : undefined;
  };
  const parsed = parseOr();
  return at === tokens.length ? parsed : undefined;
}

/** Every data element of an expression, as often as it is named. */
export function listElements(expression: Expression): string[] {
  switch (expression.kind) {
    case 'number':
      return [];
    case 'element':
      return [expression.id];
    case 'call':
      return expression.args.flatMap(listElements);
    case 'all':
    case 'any':
      return expression.terms.flatMap(listElements);
    case 'not':
    case 'negative':
      return listElements(expression.term);
    case 'compare':
    case 'arithmetic':
      return [...listElements(expression.left), ...listElements(expression.right)];
  }
}

const COMPARATORS: readonly Comparator[] = ['>=', '>', '<=', '<', '==', '!='];

function tokenize(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (match === null) return undefined;
    const [, number, id, combo, name, symbol] = match;
    if (number !== undefined) tokens.push({ type: 'number', value: Number(number) });
    else if (id !== undefined) tokens.push({ type: 'element', id, combo });
    else if (name !== undefined) tokens.push({ type: 'name', name });
    else if (symbol !== undefined) tokens.push({ type: 'symbol', symbol });
  }
  return tokens;
}
