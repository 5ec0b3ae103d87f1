import type { Child } from 'hono/jsx';
import type { JSX } from 'hono/jsx/jsx-runtime';
import { formatNumber } from './format.ts';
import { findText, isMessageKey, isolate, splitText } from './locales.ts';
import type { MessageKey, Translate } from './locales.ts';
import type { View } from './view.ts';

/** A name of a person, place or party: it keeps its own direction whatever language stands around it. */
export function Name({ children }: { readonly children: Child }): JSX.Element {
  return <bdi>{children}</bdi>;
}

/** Why something was not done, as a sentence. What has no words of its own is for programs, and undefined here. */
export function whyOf(t: Translate, reason: string): string | undefined {
  const key = `problems.why-${reason}`;
  return isMessageKey(key) ? t(key) : undefined;
}

/** A message with elements inside its sentence, a link for instance: `<Text view={view} id="slice.key" values={{ party: <a …/> }} />`. */
export function Text(props: {
  readonly view: View;
  readonly id: MessageKey;
  readonly values: Readonly<Record<string, Child>>;
}): JSX.Element {
  const { view, id, values } = props;
  const count = values['count'];
  return (
    <>
      {splitText(findText(view.locale, id, typeof count === 'number' ? count : undefined)).map((piece) => {
        if ('words' in piece) return piece.words;
        const value = values[piece.name] ?? `{${piece.name}}`;
        if (typeof value === 'number') return formatNumber(view, value);
        return typeof value === 'string' ? isolate(value, view.direction) : value;
      })}
    </>
  );
}
