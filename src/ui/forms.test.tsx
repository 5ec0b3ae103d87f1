import { describe, expect, test } from 'vitest';
import {
  Button,
  ButtonForm,
  CheckboxesField,
  Form,
  NumberField,
  RadiosField,
  SearchForm,
  SelectField,
  TextareaField,
  TextField,
} from './forms.tsx';
import type { FormState } from './forms.tsx';
import { renderElement } from './layout.tsx';
import { sampleView } from './style-guide.tsx';

const view = sampleView();

const state = (
  values: FormState['values'],
  ...errors: readonly (readonly [path: string, message: string])[]
): FormState => ({
  values,
  errors: errors.map(([path, message]) => ({ path, code: 'x', message })),
});

describe('errors', () => {
  test('name their field, lead to it, and the field points back', () => {
    const form = state({ cases: 'twelve' }, ['cases', 'Enter a number.']);
    const html = renderElement(
      <Form view={view} action="/reports" form={form}>
        <div>
          <NumberField view={view} form={form} name="cases" label="Cases" hint="Each person once." />
        </div>
      </Form>,
    );
    expect(html).toContain('<a href="#f-cases">Cases: Enter a number.</a>');
    expect(html).toMatch(
      /<input id="f-cases"[^>]* value="twelve" aria-describedby="f-cases-hint f-cases-error" aria-invalid="true"/,
    );
    expect(html).toContain('<p class="hint" id="f-cases-hint">');
    expect(html).toContain('<p class="error" id="f-cases-error">');
  });

  test('inside a list belong to the field that asks for it', () => {
    const form = state({ places: ['north', 'nowhere'] }, ['places.1', 'Unknown.']);
    const html = renderElement(
      <Form view={view} action="/x" form={form}>
        <CheckboxesField
          view={view}
          form={form}
          name="places"
          label="Places"
          options={[{ value: 'north', label: 'North' }]}
        />
      </Form>,
    );
    expect(html).toContain('<a href="#f-places">Places: Unknown.</a>');
    expect(html).toContain('id="f-places-error"');
    expect(html).toContain('<input id="f-places" type="checkbox" name="places" value="north" checked=""');
  });

  test('of the whole form lead nowhere, and a refusal stands as the headline', () => {
    const form: FormState = {
      ...state({}, ['', 'The two dates contradict each other.']),
      general: 'Someone changed this meanwhile.',
    };
    const html = renderElement(
      <Form view={view} action="/x" form={form}>
        {''}
      </Form>,
    );
    expect(html).toContain('<li>The two dates contradict each other.</li>');
    expect(html).toContain('Someone changed this meanwhile.</h2>');
  });

  test('of a choice lead to its first answer', () => {
    const form = state({}, ['kind', 'Answer this question.']);
    const html = renderElement(
      <Form view={view} action="/x" form={form}>
        <RadiosField
          view={view}
          form={form}
          name="kind"
          label="What happened?"
          options={[
            { value: 'a', label: 'A' },
            { value: 'b', label: 'B' },
          ]}
        />
      </Form>,
    );
    expect(html).toContain('href="#f-kind"');
    expect(html).toMatch(/<input id="f-kind" type="radio"/);
    expect(html).not.toContain('checked');
  });
});

describe('what was typed', () => {
  test('is shown again, escaped; a password never is', () => {
    const form = state({ name: '"><script>', note: '</textarea><b>', secret: 'hunter2' });
    const html = renderElement(
      <Form view={view} action="/x" form={form}>
        <TextField view={view} form={form} name="name" label="Name" />
        <TextareaField view={view} form={form} name="note" label="Note" />
        <TextField
          view={view}
          form={form}
          name="secret"
          label="Password"
          type="password"
          autocomplete="current-password"
        />
      </Form>,
    );
    expect(html).toContain('value="&quot;&gt;&lt;script&gt;"');
    expect(html).toContain('&lt;/textarea&gt;&lt;b&gt;</textarea>');
    expect(html).not.toContain('hunter2');
  });

  test('a choice that is not offered is not silently replaced by the first', () => {
    const options = [
      { value: 'north', label: 'North' },
      { value: 'south', label: 'South' },
    ];
    const select = (value: string): string =>
      renderElement(
        <SelectField view={view} form={state({ place: value })} name="place" label="Place" options={options} />,
      );
    expect(select('nowhere')).toContain('<option value="" selected="">');
    expect(select('south')).toContain('<option value="south" selected="">');
    expect(select('south')).not.toContain('value=""');
  });
});

describe('the forgery token', () => {
  test('is in every form that writes and in none that only reads', () => {
    const token = '<input type="hidden" name="csrf" value="sample-token"/>';
    expect(renderElement(<Form view={view} action="/x" form={state({})} children={<Button>Go</Button>} />)).toContain(
      token,
    );
    expect(renderElement(<ButtonForm view={view} action="/x" label="Go" hidden={{ id: '7' }} />)).toContain(token);
    expect(
      renderElement(<SearchForm view={view} action="/x" form={state({})} children={<Button>Go</Button>} />),
    ).not.toContain('csrf');
  });
});

test('optional fields are marked, required ones are not', () => {
  const html = renderElement(<TextField view={view} form={state({})} name="code" label="Code" optional />);
  expect(html).toContain('(optional)');
  expect(renderElement(<TextField view={view} form={state({})} name="code" label="Code" />)).not.toContain('optional');
});
