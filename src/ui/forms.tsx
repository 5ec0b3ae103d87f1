/**
 * Fields whose label, hint and error cannot be forgotten: each takes the whole state of its form and finds its own value
 * and error there. After GOV.UK's patterns: server-side validation only, a summary that leads to each field, what was
 * typed is kept, and optional fields are marked rather than required ones.
 */
import type { Child } from 'hono/jsx';
import type { JSX } from 'hono/jsx/jsx-runtime';
import type { FieldError } from '../problem.ts';
import { formatBytes } from './format.ts';
import { CsrfField } from './layout.tsx';
import type { View } from './view.ts';

export interface FormState {
  /** What was typed or is stored, by field name. Passwords and files are never shown again. */
  readonly values: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly errors: readonly FieldError[];
  /** What is wrong with the whole rather than with one field. */
  readonly general?: string | undefined;
}

export function blankForm(values: FormState['values'] = {}): FormState {
  return { values, errors: [] };
}

interface FieldProps {
  readonly view: View;
  readonly form: FormState;
  readonly name: string;
  readonly label: Child;
  readonly hint?: Child;
  readonly optional?: boolean;
}

export interface Option {
  readonly value: string;
  readonly label: Child;
  readonly hint?: Child;
}

const idOf = (name: string): string => `f-${name}`;

function valueOf(form: FormState, name: string): string {
  const value = form.values[name];
  return (typeof value === 'string' ? value : value?.[0]) ?? '';
}

function chosenOf(form: FormState, name: string): readonly string[] {
  const value = form.values[name];
  return typeof value === 'string' ? [value] : (value ?? []);
}

/** Errors inside a field (`places.2`) are the field's own. */
const errorsOf = (form: FormState, name: string): readonly FieldError[] =>
  form.errors.filter(({ path }) => path === name || path.startsWith(`${name}.`));

function describe({ form, name, hint }: FieldProps): { 'aria-describedby'?: string; 'aria-invalid'?: 'true' } {
  const wrong = errorsOf(form, name).length > 0;
  const described = [...(hint ? [`${idOf(name)}-hint`] : []), ...(wrong ? [`${idOf(name)}-error`] : [])].join(' ');
  return { ...(described ? { 'aria-describedby': described } : {}), ...(wrong ? { 'aria-invalid': 'true' } : {}) };
}

function Hint({ name, hint }: FieldProps): Child {
  return hint ? (
    <p class="hint" id={`${idOf(name)}-hint`}>
      {hint}
    </p>
  ) : null;
}

function Errors({ view, form, name }: FieldProps): Child {
  const errors = errorsOf(form, name);
  return errors.length > 0 ? (
    <p class="error" id={`${idOf(name)}-error`}>
      <span class="hidden">{view.t('common.error-prefix')} </span>
      {errors.map(({ message }) => message).join(' ')}
    </p>
  ) : null;
}

function Optional({ view, optional }: FieldProps): Child {
  return optional ? <span class="optional"> ({view.t('common.optional')})</span> : null;
}

/** One control under one label. */
function Field({ field, children }: { readonly field: FieldProps; readonly children: Child }): JSX.Element {
  return (
    <div class="field">
      <label for={idOf(field.name)}>
        {field.label}
        <Optional {...field} />
      </label>
      <Hint {...field} />
      <Errors {...field} />
      {children}
    </div>
  );
}

/** Several controls under one legend. */
function FieldGroup({ field, children }: { readonly field: FieldProps; readonly children: Child }): JSX.Element {
  return (
    <fieldset class="field" {...describe(field)}>
      <legend>
        {field.label}
        <Optional {...field} />
      </legend>
      <Hint {...field} />
      <Errors {...field} />
      {children}
    </fieldset>
  );
}

type Width = 'short' | 'medium' | 'full';

export function TextField(
  props: FieldProps & {
    readonly type?: 'text' | 'email' | 'password' | 'search' | 'tel' | 'url';
    readonly width?: Width;
    /** A token of the HTML standard, `email` or `current-password` for instance. */
    readonly autocomplete?: string;
    readonly maxLength?: number;
    /** For codes and keys: no spelling help, digits and letters of equal width, left to right. */
    readonly code?: boolean;
  },
): JSX.Element {
  const type = props.type ?? 'text';
  const leftToRight = props.code || type === 'email' || type === 'url' || type === 'tel';
  return (
    <Field field={props}>
      <input
        id={idOf(props.name)}
        name={props.name}
        type={type}
        class={[props.width ?? 'full', props.code ? 'code' : ''].join(' ').trim()}
        value={type === 'password' ? undefined : valueOf(props.form, props.name)}
        dir={leftToRight ? 'ltr' : 'auto'}
        autocomplete={props.autocomplete}
        maxlength={props.maxLength}
        autocapitalize={leftToRight ? 'none' : undefined}
        {...describe(props)}
      />
    </Field>
  );
}

/** Not `type=number`: that loses what cannot be read as a number, changes with the scroll wheel and hides the error. */
export function NumberField(props: FieldProps & { readonly decimals?: boolean; readonly unit?: Child }): JSX.Element {
  const control = (
    <input
      id={idOf(props.name)}
      name={props.name}
      type="text"
      inputmode={props.decimals ? 'decimal' : 'numeric'}
      class="short number"
      dir="ltr"
      autocomplete="off"
      value={valueOf(props.form, props.name)}
      {...describe(props)}
    />
  );
  return (
    <Field field={props}>
      {props.unit ? (
        <span class="unit">
          {control} {props.unit}
        </span>
      ) : (
        control
      )}
    </Field>
  );
}

export function DateField(props: FieldProps): JSX.Element {
  return (
    <Field field={props}>
      <input
        id={idOf(props.name)}
        name={props.name}
        type="date"
        class="medium"
        value={valueOf(props.form, props.name)}
        {...describe(props)}
      />
    </Field>
  );
}

export function TextareaField(
  props: FieldProps & { readonly rows?: number; readonly maxLength?: number },
): JSX.Element {
  return (
    <Field field={props}>
      <textarea
        id={idOf(props.name)}
        name={props.name}
        rows={props.rows ?? 5}
        dir="auto"
        maxlength={props.maxLength}
        {...describe(props)}
      >
        {valueOf(props.form, props.name)}
      </textarea>
    </Field>
  );
}

export function SelectField(props: FieldProps & { readonly options: readonly Option[] }): JSX.Element {
  const value = valueOf(props.form, props.name);
  return (
    <Field field={props}>
      <select id={idOf(props.name)} name={props.name} {...describe(props)}>
        {props.options.some((option) => option.value === value) ? null : (
          <option value="" selected>
            {props.view.t('common.choose')}
          </option>
        )}
        {props.options.map((option) => (
          <option value={option.value} selected={option.value === value}>
            {option.label}
          </option>
        ))}
      </select>
    </Field>
  );
}

function Choices(
  props: FieldProps & { readonly type: 'radio' | 'checkbox'; readonly options: readonly Option[] },
): JSX.Element {
  const chosen = chosenOf(props.form, props.name);
  return (
    <FieldGroup field={props}>
      {props.options.map((option, position) => {
        // The first has the field's own id, so that the error summary leads to it.
        const id = position === 0 ? idOf(props.name) : `${idOf(props.name)}-${position}`;
        return (
          <div class="choice">
            <input
              id={id}
              type={props.type}
              name={props.name}
              value={option.value}
              checked={chosen.includes(option.value)}
              aria-describedby={option.hint ? `${id}-hint-${position}` : undefined}
            />
            <label for={id}>{option.label}</label>
            {option.hint ? (
              <p class="hint" id={`${id}-hint-${position}`}>
                {option.hint}
              </p>
            ) : null}
          </div>
        );
      })}
    </FieldGroup>
  );
}

export function RadiosField(props: FieldProps & { readonly options: readonly Option[] }): JSX.Element {
  return <Choices {...props} type="radio" />;
}

export function CheckboxesField(props: FieldProps & { readonly options: readonly Option[] }): JSX.Element {
  return <Choices {...props} type="checkbox" />;
}

/** The form around it needs `upload`. */
export function FileField(props: FieldProps & { readonly accept: string; readonly limitBytes: number }): JSX.Element {
  const limit = props.view.t('common.file-limit', { size: formatBytes(props.view, props.limitBytes) });
  const field = { ...props, hint: props.hint ? [props.hint, ' ', limit] : limit };
  return (
    <Field field={field}>
      <input id={idOf(props.name)} name={props.name} type="file" accept={props.accept} {...describe(field)} />
    </Field>
  );
}

export function HiddenField({ name, value }: { readonly name: string; readonly value: string }): JSX.Element {
  return <input type="hidden" name={name} value={value} />;
}

/** The field an error belongs to: `places.2` is inside `places` when that is what the form asks. */
function fieldOf(form: FormState, path: string): string {
  const parts = path.split('.');
  const fields = parts.map((_, position) => parts.slice(0, parts.length - position).join('.'));
  return fields.find((name) => Object.hasOwn(form.values, name)) ?? path;
}

/** Labels of the fields that stand directly in a form, at any depth of plain elements. */
function labelsIn(child: unknown, labels: Map<string, string> = new Map()): ReadonlyMap<string, string> {
  if (Array.isArray(child)) for (const item of child) labelsIn(item, labels);
  else if (typeof child === 'object' && child !== null && 'props' in child) {
    const { name, label, children } = child.props as { name?: unknown; label?: unknown; children?: unknown };
    if (typeof name === 'string' && typeof label === 'string') labels.set(name, label);
    labelsIn(children, labels);
  }
  return labels;
}

/** Each error names its field and leads to it. */
function ErrorSummary({ view, form, children }: Pick<FormProps, 'view' | 'form' | 'children'>): Child {
  if (form.errors.length === 0 && !form.general) return null;
  const labels = labelsIn(children);
  return (
    <div class="notice danger" role="alert" aria-labelledby="errors-title">
      <h2 id="errors-title">{form.general ?? view.t('common.errors-title', { count: form.errors.length })}</h2>
      {form.errors.length > 0 ? (
        <ul>
          {form.errors.map(({ path, message }) => {
            const label = labels.get(fieldOf(form, path));
            const words = label ? view.t('common.error-in', { field: label, message }) : message;
            return <li>{path === '' ? words : <a href={`#${idOf(fieldOf(form, path))}`}>{words}</a>}</li>;
          })}
        </ul>
      ) : null}
    </div>
  );
}

interface FormProps {
  readonly view: View;
  readonly action: string;
  readonly form: FormState;
  readonly children: Child;
}

/** A form that writes: it shows what was wrong and carries the forgery token. */
export function Form(props: FormProps & { readonly upload?: boolean }): JSX.Element {
  const { view, action, form, children } = props;
  return (
    <form method="post" action={action} enctype={props.upload ? 'multipart/form-data' : undefined} novalidate>
      <CsrfField view={view} />
      <ErrorSummary view={view} form={form}>
        {children}
      </ErrorSummary>
      {children}
    </form>
  );
}

/** A form that only reads: its answers become the address. */
export function SearchForm({ view, action, form, children }: FormProps): JSX.Element {
  return (
    <form class="search" method="get" action={action} role="search" novalidate>
      <ErrorSummary view={view} form={form}>
        {children}
      </ErrorSummary>
      {children}
    </form>
  );
}

export function Button(props: {
  readonly children: Child;
  /** One primary button on a page; danger where the step cannot be taken back. */
  readonly kind?: 'primary' | 'secondary' | 'danger';
  readonly name?: string;
  readonly value?: string;
  readonly action?: string;
}): JSX.Element {
  const { children, kind, name, value, action } = props;
  return (
    <button class={kind ?? 'primary'} name={name} value={value} formaction={action}>
      {children}
    </button>
  );
}

/** Buttons and links that end a form, in a row that wraps. */
export function Actions({ children }: { readonly children: Child }): JSX.Element {
  return <div class="actions">{children}</div>;
}

/** A form that is only a button: one step on one thing. */
export function ButtonForm(props: {
  readonly view: View;
  readonly action: string;
  readonly label: Child;
  readonly kind?: 'primary' | 'secondary' | 'danger';
  readonly hidden?: Readonly<Record<string, string>>;
}): JSX.Element {
  const { view, action, label, kind, hidden } = props;
  return (
    <form class="inline" method="post" action={action}>
      <CsrfField view={view} />
      {Object.entries(hidden ?? {}).map(([name, value]) => (
        <HiddenField name={name} value={value} />
      ))}
      <Button kind={kind ?? 'secondary'}>{label}</Button>
    </form>
  );
}
