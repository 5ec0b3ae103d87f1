import type { Child } from 'hono/jsx';
import type { JSX } from 'hono/jsx/jsx-runtime';
import { readScript } from '../../http/assets.ts';
import { Form, HiddenField, type FormState } from '../../ui/forms.tsx';
import type { View } from '../../ui/view.ts';

export const passkeyIsland = readScript('network/people/passkey-island.js');

/**
 * A form that a passkey answers; it appears only where the browser can. `options` is where they are asked for, or, for an act, the
 * options themselves (`startAssertion`). The action finds the device's answer in the field `response`.
 */
export function PasskeyForm(props: {
  readonly view: View;
  readonly kind: 'create' | 'get';
  readonly action: string;
  readonly options: { readonly path: string } | { readonly request: object };
  readonly form: FormState;
  readonly children: Child;
}): JSX.Element {
  const { view, kind, action, options, form, children } = props;
  return (
    <>
      <div
        hidden
        data-passkey={kind}
        data-options={'path' in options ? options.path : undefined}
        data-request={'request' in options ? JSON.stringify(options.request) : undefined}
      >
        <Form view={view} action={action} form={form}>
          <HiddenField name="response" value="" />
          <p class="error" role="alert" hidden data-passkey-trouble>
            {view.t('accounts.passkey-trouble')}
          </p>
          {children}
        </Form>
      </div>
      <script type="module" src={passkeyIsland.path}></script>
    </>
  );
}
