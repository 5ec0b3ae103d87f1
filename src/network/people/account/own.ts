/** What all pages of a person's own account share. */
import { z } from 'zod';
import type { View } from '../../../ui/view.ts';

export const instant = z.iso.datetime();
export const when = (date: Date): string => date.toISOString();

/** The account is the viewer's own, whichever party she works for; and no API token may do any of it. */
export const own = { for: 'signed-in', scope: 'node', sessionOnly: true } as const;

export const crumbs = (view: View) => [{ path: '/account', label: view.t('accounts.account') }];
