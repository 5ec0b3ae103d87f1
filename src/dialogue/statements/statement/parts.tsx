/** A statement as readers see it: in their language where somebody has put it into that, and always with the original one step away. */
import type { Child } from 'hono/jsx';
import type { JSX } from 'hono/jsx/jsx-runtime';
import { formatDate } from '../../../ui/format.ts';
import { isLocale, languageNames } from '../../../ui/locales.ts';
import type { PlainDate } from '../../../period.ts';
import { Text } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { Words } from '../../programme/parts.tsx';
import type { StatementAnswer } from './answers.ts';

export const nameOfLanguage = (language: string): string => (isLocale(language) ? languageNames[language] : language);

/** In a list: the words alone, in their own direction. */
export function StatementWords({ view, statement }: StatementProps): JSX.Element {
  return <Words view={view} said={statement.translation ?? statement.original} />;
}

interface StatementProps {
  readonly view: View;
  readonly statement: StatementAnswer;
}

export function StatementText({ view, statement }: StatementProps): JSX.Element {
  const said = statement.translation ?? statement.original;
  return (
    <>
      <p class="lead" lang={said.language === view.locale ? undefined : said.language} dir="auto">
        {said.text}
      </p>
      <Provenance view={view} statement={statement} />
    </>
  );
}

/** Who wrote it, as far as that is told, and who or what translated it. */
export function Provenance({ view, statement }: StatementProps): Child {
  const { t } = view;
  const { original, translation, isByConvenor } = statement;
  return (
    <>
      <p class="soft">{t(isByConvenor ? 'statements.by-convenor' : 'statements.by-participant')}</p>
      {translation === null ? null : (
        <details>
          <summary>
            <Translated view={view} translation={translation} from={original.language} />
          </summary>
          <p lang={original.language} dir="auto">
            {original.text}
          </p>
        </details>
      )}
    </>
  );
}

function Translated(props: {
  readonly view: View;
  readonly translation: NonNullable<StatementAnswer['translation']>;
  readonly from: string;
}): Child {
  const { view, translation, from } = props;
  const date = formatDate(view, translation.at.slice(0, 10) as PlainDate);
  const values = { language: nameOfLanguage(from), name: translation.by, date };
  return translation.machine === null ? (
    <Text view={view} id="statements.translated-by-person" values={values} />
  ) : (
    <Text view={view} id="statements.translated-by-machine" values={{ ...values, machine: translation.machine }} />
  );
}
