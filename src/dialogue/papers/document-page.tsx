/** The paper as one file of HTML that needs nothing else: for reading offline, printing, and other people's websites. */
import { renderElement } from '../../ui/layout.tsx';
import { directionOf, isLocale } from '../../ui/locales.ts';
import type { PaperDocument } from './document.ts';

const style = `body{font:1.0625rem/1.6 Georgia,'Noto Serif','Noto Naskh Arabic',serif;max-width:42rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}
h1,h2{line-height:1.25}.number{color:#555;margin-inline-end:.5rem}ol.references{font-size:.9375rem;overflow-wrap:anywhere}@media print{body{margin:0;max-width:none}}`;

export function formatHtml(document: PaperDocument): string {
  const { title, language, clauses, references, signatories, headings } = document;
  const [base = ''] = language.split('-');
  const page = (
    <html lang={language} dir={isLocale(base) ? directionOf(base) : 'auto'}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        <style>{style}</style>
      </head>
      <body>
        <h1>{title}</h1>
        {clauses.map(({ kind, number, pieces }) => {
          const words = pieces.map((piece) =>
            typeof piece === 'string' ? piece : <a href={`#reference-${piece.reference}`}>[{piece.reference}]</a>,
          );
          if (kind === 'heading') return <h2>{words}</h2>;
          if (kind === 'point')
            return (
              <ul>
                <li>{words}</li>
              </ul>
            );
          return (
            <p>
              <span class="number">{number}.</span>
              {words}
            </p>
          );
        })}
        {references.length === 0 ? null : (
          <>
            <h2>{headings.references}</h2>
            <ol class="references">
              {references.map(({ text }, index) => (
                <li id={`reference-${index + 1}`}>{text}</li>
              ))}
            </ol>
          </>
        )}
        {signatories.length === 0 ? null : (
          <>
            <h2>{headings.signatories}</h2>
            <ul>
              {signatories.map((name) => (
                <li>{name}</li>
              ))}
            </ul>
          </>
        )}
      </body>
    </html>
  );
  return `<!doctype html>${renderElement(page)}\n`;
}
