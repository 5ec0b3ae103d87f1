/** Which column is what: the form between a file and its import. Every choice is guessed first and can be changed. */
import type { JSX } from 'hono/jsx/jsx-runtime';
import { z } from 'zod';
import {
  Actions,
  Button,
  Form,
  HiddenField,
  SelectField,
  TextField,
  type FormState,
  type Option,
} from '../../../ui/forms.tsx';
import type { MessageKey } from '../../../ui/locales.ts';
import { Notice } from '../../../ui/parts.tsx';
import type { View } from '../../../ui/view.ts';
import { separators } from '../import/csv.ts';
import { everyColumn, mappingSchema, rolesOf, type Content, type Mapping } from '../import/mapping.ts';
import { encodings } from '../import/text-stream.ts';
import type { OnePageAnswer } from './answers.ts';

const text = z.string().trim().max(200);

export const mappingBody = z.object({
  columns: z.record(z.string().max(40), text),
  /** The one place or indicator of the whole file, where the column chosen is `:`. */
  fixed: z.record(z.string().max(40), text).optional(),
  /** What a header stands for, where each column is a place or an indicator. */
  headers: z
    .array(z.object({ header: text, code: text.optional(), isLeftOut: z.boolean().default(false) }))
    .max(5000)
    .optional(),
  encoding: z.enum(encodings).default('utf-8'),
  separator: z.enum(separators).optional(),
});

const wholeFile = ':';

export function toMapping({ columns, fixed, headers, encoding, separator }: z.output<typeof mappingBody>): Mapping {
  const chosen = Object.entries(columns).flatMap(([role, column]) => {
    if (column === '') return [];
    return [[role, column === wholeFile ? `:${fixed?.[role] ?? ''}` : column] as const];
  });
  const said = (headers ?? []).flatMap(({ header, code, isLeftOut }) => {
    if (isLeftOut) return [[header, ''] as const];
    return code === undefined || code === '' ? [] : [[header, code] as const];
  });
  return mappingSchema.parse({
    columns: Object.fromEntries(chosen),
    headers: Object.fromEntries(said),
    encoding,
    ...(separator && { separator }),
  });
}

/** The form as it stands for what has been chosen or guessed so far. */
export function mappingState({
  columns,
  headers,
  encoding,
  separator,
}: NonNullable<OnePageAnswer['reading']>): FormState {
  const roles = Object.entries(columns).flatMap(([role, column]) =>
    column.startsWith(':')
      ? [
          [`columns.${role}`, wholeFile],
          [`fixed.${role}`, column.slice(1)],
        ]
      : [[`columns.${role}`, column]],
  );
  const said = Object.entries(headers).flatMap(([header, code], at) => [
    [`headers.${at}.header`, header],
    [`headers.${at}.code`, code],
    [`headers.${at}.isLeftOut`, code === '' ? 'on' : undefined],
  ]);
  return {
    values: { ...Object.fromEntries([...roles, ...said]), encoding, separator: separator ?? '' } as FormState['values'],
    errors: [],
  };
}

interface MappingFormProps {
  readonly view: View;
  readonly id: number;
  readonly content: Content;
  readonly reading: NonNullable<OnePageAnswer['reading']>;
  readonly form: FormState;
  /** Headers that the last try could not match with a code. */
  readonly unmatched: readonly string[];
}

export function MappingForm({ view, id, content, reading, form, unmatched }: MappingFormProps): JSX.Element {
  const { t } = view;
  const { header } = reading;
  const roles = Object.entries(rolesOf[content] as Readonly<Record<string, { readonly isRequired?: true }>>);
  const columns: readonly Option[] = header.filter((name) => name !== '').map((name) => ({ value: name, label: name }));
  return (
    <Form view={view} action={`/reporting/submissions/${id}/try`} form={form}>
      {content === 'reports' ? <p class="hint">{t('reporting.period-columns-hint')}</p> : null}
      {roles.map(([role, { isRequired }]) => {
        const canSpread = content === 'reports' && (role === 'place' || role === 'indicator');
        const options: readonly Option[] = [
          { value: '', label: t('reporting.no-column') },
          ...columns,
          ...(canSpread
            ? [
                { value: everyColumn, label: t(`reporting.spread-${role}`) },
                { value: wholeFile, label: t(`reporting.fixed-${role}`) },
              ]
            : []),
        ];
        return (
          <>
            <SelectField
              view={view}
              form={form}
              name={`columns.${role}`}
              label={t(`reporting.role-${role}` as MessageKey)}
              options={options}
              optional={!isRequired}
            />
            {canSpread ? (
              <TextField
                view={view}
                form={form}
                name={`fixed.${role}`}
                label={t(`reporting.fixed-code-${role}`)}
                width="medium"
                code
                optional
              />
            ) : null}
          </>
        );
      })}
      <HeaderFields view={view} form={form} unmatched={unmatched} said={Object.keys(reading.headers)} />
      <details open={form.errors.length > 0 || reading.unreadable !== null}>
        <summary>{t('reporting.how-written')}</summary>
        <SelectField
          view={view}
          form={form}
          name="encoding"
          label={t('reporting.encoding')}
          options={encodings.map((encoding) => ({ value: encoding, label: t(`reporting.encoding-${encoding}`) }))}
        />
        <SelectField
          view={view}
          form={form}
          name="separator"
          label={t('reporting.separator')}
          options={[
            { value: '', label: t('reporting.separator-guess') },
            ...separators.map((separator) => ({
              value: separator,
              label: separator === '\t' ? t('reporting.separator-tab') : separator,
            })),
          ]}
        />
      </details>
      <Actions>
        <Button>{t('reporting.try')}</Button>
      </Actions>
    </Form>
  );
}

function HeaderFields(props: {
  readonly view: View;
  readonly form: FormState;
  readonly unmatched: readonly string[];
  readonly said: readonly string[];
}): JSX.Element | null {
  const { view, form, unmatched, said } = props;
  const { t } = view;
  const names = [...said, ...unmatched.filter((name) => !said.includes(name))];
  if (names.length === 0) return null;
  return (
    <fieldset class="field">
      <legend>{t('reporting.headers')}</legend>
      {unmatched.length > 0 ? (
        <Notice tone="warn">
          <p>{t('reporting.headers-hint')}</p>
        </Notice>
      ) : null}
      {names.map((name, at) => (
        <>
          <HiddenField name={`headers.${at}.header`} value={name} />
          <TextField
            view={view}
            form={form}
            name={`headers.${at}.code`}
            label={<bdi>{name}</bdi>}
            width="medium"
            code
            optional
          />
          <div class="choice">
            <input
              id={`left-out-${at}`}
              type="checkbox"
              name={`headers.${at}.isLeftOut`}
              checked={form.values[`headers.${at}.isLeftOut`] === 'on'}
            />
            <label for={`left-out-${at}`}>{t('reporting.leave-out')}</label>
          </div>
        </>
      ))}
    </fieldset>
  );
}
