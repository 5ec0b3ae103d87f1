import { formatNumber, formatPercent } from '../../../ui/format.ts';
import { Actions, Button, Form, NumberField, RadiosField, type FormState } from '../../../ui/forms.tsx';
import type { Page } from '../../../ui/layout.tsx';
import { Facts } from '../../../ui/parts.tsx';
import type { View } from '../../../ui/view.ts';
import { networkCrumbs, networkPath, type NetworkFacts } from '../../members/section.tsx';
import { admissionRules, type Rules } from './rules.ts';

export function rulesPage(
  { network, rules }: { readonly network: NetworkFacts; readonly rules: Rules },
  view: View,
  form: FormState,
): Page {
  const { t } = view;
  return {
    title: t('assembly.rules'),
    breadcrumbs: networkCrumbs(network),
    body: (
      <>
        <Facts
          facts={[
            {
              label: t('assembly.admission'),
              value: t(`assembly.admission-${rules.admission}`, { count: rules.silenceDays }),
            },
            { label: t('assembly.notice'), value: t('assembly.days', { count: rules.noticeDays }) },
            {
              label: t('assembly.quorum'),
              value: t('assembly.quorum-of', { share: formatPercent(view, rules.quorumPercent / 100) }),
            },
            { label: t('assembly.vote'), value: t('assembly.one-vote') },
          ]}
        />
        {network.isSecretariat ? (
          <>
            <h2>{t('assembly.change-rules')}</h2>
            <p class="hint">{t('assembly.rules-hint')}</p>
            <Form view={view} action={`${networkPath(network.slug)}/rules`} form={form}>
              <RadiosField
                view={view}
                form={form}
                name="admission"
                label={t('assembly.admission')}
                options={admissionRules.map((value) => ({
                  value,
                  label: t(`assembly.admission-${value}`, { count: rules.silenceDays }),
                }))}
              />
              <NumberField
                view={view}
                form={form}
                name="silenceDays"
                label={t('assembly.silence-days')}
                hint={t('assembly.between', { least: formatNumber(view, 3), most: formatNumber(view, 90) })}
              />
              <NumberField view={view} form={form} name="noticeDays" label={t('assembly.notice-days')} />
              <NumberField view={view} form={form} name="quorumPercent" label={t('assembly.quorum-percent')} unit="%" />
              <Actions>
                <Button>{t('members.save')}</Button>
              </Actions>
            </Form>
          </>
        ) : null}
      </>
    ),
  };
}
