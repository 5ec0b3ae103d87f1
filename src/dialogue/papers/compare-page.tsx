import { Comparison } from '../../ui/comparison.tsx';
import { formatInstant } from '../../ui/format.ts';
import { Actions, blankForm, Button, SearchForm, SelectField } from '../../ui/forms.tsx';
import type { Page } from '../../ui/layout.tsx';
import type { View } from '../../ui/view.ts';
import type { ComparePageAnswer } from './answers.ts';
import { paperCrumbs } from './parts.tsx';

/** Any two versions, clause by clause. */
export function comparePage(answer: ComparePageAnswer, view: View): Page {
  const { t } = view;
  const { from, to, revisions, clauses, base, paper } = answer;
  const form = blankForm({ from: String(from), to: String(to) });
  const options = revisions.map(({ revision, at }) => ({
    value: String(revision),
    label: t('papers.version-of', { n: revision, time: formatInstant(view, new Date(at)) }),
  }));
  const changed = clauses.filter(({ isChanged }) => isChanged);
  return {
    title: t('papers.compare'),
    breadcrumbs: paperCrumbs(answer),
    body: (
      <>
        <SearchForm view={view} action={`${base}/compare`} form={form}>
          <SelectField view={view} form={form} name="from" label={t('papers.from-version')} options={options} />
          <SelectField view={view} form={form} name="to" label={t('papers.to-version')} options={options} />
          <Actions>
            <Button kind="secondary">{t('papers.compare')}</Button>
          </Actions>
        </SearchForm>
        {changed.length === 0 ? <p>{t('papers.same')}</p> : null}
        <div class="paper" lang={paper.title.language === view.locale ? undefined : paper.title.language}>
          {changed.map(({ label, comparison }) => (
            <section class="clause">
              <span class="mark soft">{label}</span>
              <Comparison view={view} pieces={comparison} />
            </section>
          ))}
        </div>
      </>
    ),
  };
}
