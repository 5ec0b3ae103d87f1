/**
 * What an act says, field by field, in the reader's words. A summary has a closed vocabulary, and each word of it that says something to people has words here;
 * hashes, keys and places in other logs are for programs, and stand in the act as it was signed.
 */
import { isPurpose } from '../../agreement/purposes.ts';
import { isPlainDate } from '../../period.ts';
import { formatDate, formatList } from '../../ui/format.ts';
import { isMessageKey, languageNames, locales, type MessageKey } from '../../ui/locales.ts';
import { whyOf } from '../../ui/text.tsx';
import type { View } from '../../ui/view.ts';

type Teller = readonly [label: MessageKey, tell: (view: View, value: unknown) => string | undefined];

const text = (_: View, value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const date = (view: View, value: unknown): string | undefined =>
  typeof value === 'string' && isPlainDate(value) ? formatDate(view, value) : undefined;

/** A word of ours with words of theirs: `definitive` is `agreement.signed-definitive`. */
const word =
  (prefix: string) =>
  ({ t }: View, value: unknown): string | undefined => {
    const key = `${prefix}-${String(value)}`;
    return isMessageKey(key) ? t(key) : undefined;
  };

const tellers: Readonly<Record<string, Teller>> = {
  title: ['agreement.field-title', text],
  name: ['network.field-name', text],
  kind: ['network.kind', word('network.kind')],
  country: ['network.country', text],
  url: ['network.set-up-address', text],
  languages: [
    'network.field-languages',
    (view, value) => {
      const names = locales
        .filter((locale) => Array.isArray(value) && value.includes(locale))
        .map((tag) => languageNames[tag]);
      return names.length === 0 ? undefined : formatList(view, names);
    },
  ],
  consent: [
    'observatory.told-consent',
    ({ t }, value) => t(value === 'definitive' ? 'agreement.signed-definitive' : 'agreement.signed-subject'),
  ],
  purpose: [
    'agreement.community-purpose',
    ({ t }, value) => (typeof value === 'string' && isPurpose(value) ? t(`agreement.purpose-${value}`) : undefined),
  ],
  answer: ['agreement.community-answer', word('agreement.answer')],
  isRecognised: [
    'agreement.recognition-standing',
    ({ t }, value) => t(value === true ? 'agreement.recognised' : 'agreement.not-recognised'),
  ],
  reason: [
    'observatory.told-reason',
    ({ t }, value) => (typeof value === 'string' ? (whyOf(t, value) ?? value) : undefined),
  ],
  releaseOn: ['observatory.told-release', date],
  on: ['observatory.told-release', date],
  text: ['agreement.text', text],
};

export function toldFacts(
  view: View,
  fields: Readonly<Record<string, unknown>>,
): readonly { readonly label: string; readonly value: string }[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    const [label, tell] = tellers[name] ?? [];
    const told = tell?.(view, value);
    return label === undefined || told === undefined ? [] : [{ label: view.t(label), value: told }];
  });
}
