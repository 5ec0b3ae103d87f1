import type { JSX } from 'hono/jsx/jsx-runtime';
import type { Piece } from '../text/comparison.ts';
import type { View } from './view.ts';

/** Two readings of a text in one: what went is struck through, what came underlined, and both are said to whoever hears the page. */
export function Comparison({ view, pieces }: { readonly view: View; readonly pieces: readonly Piece[] }): JSX.Element {
  const { t } = view;
  const said = (words: string) => <span class="hidden">{words} </span>;
  return (
    <p class="comparison" dir="auto">
      {pieces.map(({ change, text }) => {
        if (change === 'kept') return text;
        return change === 'removed' ? (
          <del>
            {said(t('common.removed'))}
            {text}
          </del>
        ) : (
          <ins>
            {said(t('common.added'))}
            {text}
          </ins>
        );
      })}
    </p>
  );
}
