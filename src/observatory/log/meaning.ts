/** Acts in words. The name of a type is also the name of its words; what this release does not know is said to be unknown. */
import type { Payload } from '../../acts/payload.ts';
import { isMessageKey, type MessageKey, type Translate } from '../../ui/locales.ts';

/** `agreement.sign/1` is `agreement-sign`: versions of a type are called alike. */
const wordOf = (type: string): string => type.slice(0, type.indexOf('/')).replaceAll('.', '-');

function keyOf(kind: 'act' | 'means', type: string): MessageKey {
  const key = `observatory.${kind}-${wordOf(type)}`;
  return isMessageKey(key) ? key : `observatory.${kind}-unknown`;
}

export const nameOfType = (t: Translate, type: string): string => t(keyOf('act', type));

export function meaningOf(t: Translate, { type, summary }: Pick<Payload, 'type' | 'summary'>, party: string): string {
  const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
  return t(keyOf('means', type), { party, n: number(summary['n']), index: number(summary['fromIndex']) });
}
