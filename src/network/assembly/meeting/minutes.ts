/** A first draft of the minutes, of what is on record: people write what was said. */
import { formatInstant, formatList, type Conventions } from '../../../ui/format.ts';
import type { Translate } from '../../../ui/locales.ts';
import type { AssemblyAnswer } from './answers.ts';

export function draftMinutes(answer: AssemblyAnswer, to: Conventions & { readonly t: Translate }): string {
  const { t } = to;
  const local = { ...to, timeZone: answer.session.timeZone };
  const names = (organisations: readonly { readonly name: string }[]): string =>
    formatList(
      to,
      organisations.map(({ name }) => name),
    );
  const lines = [
    answer.session.title.text,
    formatInstant(local, new Date(answer.session.startsAt)),
    '',
    t('assembly.minutes-present', {
      present: answer.present.length,
      voices: answer.voices,
      names: names(answer.present),
    }),
  ];
  for (const [index, item] of answer.items.entries()) {
    lines.push('', `${index + 1}. ${item.title}`);
    for (const motion of answer.motions.filter((each) => each.item === item.title))
      lines.push(
        t('assembly.minutes-motion', {
          number: motion.number,
          words: motion.words,
          mover: motion.movedFor,
          seconder: motion.secondedFor ?? '–',
        }),
        t('assembly.minutes-votes', {
          stage: t(`assembly.motion-${motion.stage}`),
          agree: motion.agree,
          object: motion.object,
          abstain: motion.abstain,
        }),
      );
  }
  if (answer.elections.length > 0) lines.push('');
  for (const { office, elected } of answer.elections)
    lines.push(
      t('assembly.minutes-election', {
        office,
        names: formatList(
          to,
          elected.map((name) => name ?? '…'),
        ),
      }),
    );
  return lines.join('\n');
}
