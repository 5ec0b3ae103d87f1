import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import { acceptInvitation, invite } from '../../src/network/people/actions.ts';
import { stranger } from './cast.ts';
import type { TestNode } from './node.ts';

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

export const password = 'likes long passwords';

/** An administrator of the node's operator. */
export async function openAdministrator(node: TestNode, email: string): Promise<void> {
  await node.actForNode(async (work) => {
    const path = await invite(work, node.operator.id, { roles: ['administrator'], note: '' });
    const person = { name: email.split('@')[0] ?? email, email, password, language: null };
    await acceptInvitation(stranger(work), path.slice('/invitations/'.length), person);
  });
}

/** A browser without JavaScript: everything but passkeys must work in it. */
export async function signIn(
  browser: Browser,
  node: TestNode,
  email: string,
  options: { readonly locale?: string; readonly width?: number } = {},
): Promise<Page> {
  const { locale = 'en-GB', width = 1280 } = options;
  const context = await browser.newContext({ javaScriptEnabled: false, locale, viewport: { width, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(5_000);
  return signInOn(page, node, email);
}

export async function signInOn(page: Page, node: TestNode, email: string): Promise<Page> {
  await page.goto(`${node.url}/sign-in`);
  const form = page.locator('form[action="/sign-in"]');
  await form.locator('[name=email]').fill(email);
  await form.locator('[name=password]').fill(password);
  await form.getByRole('button').click();
  await page.getByRole('button', { name: /sign out/i }).waitFor();
  return page;
}

/** Set RECIPROCA_SHOTS=DIR to look at the pages that a test passes through, at both widths. */
export async function shoot(page: Page, name: string): Promise<void> {
  const directory = process.env['RECIPROCA_SHOTS'];
  if (!directory) return;
  mkdirSync(directory, { recursive: true });
  const size = page.viewportSize();
  for (const width of [360, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    await page.screenshot({ path: `${directory}/${name}-${width}.png`, fullPage: true });
  }
  if (size) await page.setViewportSize(size);
}

/** axe on this page, in a browser that runs scripts, with the same cookies. */
export async function expectAccessible(browser: Browser, page: Page): Promise<void> {
  const context: BrowserContext = await browser.newContext({
    bypassCSP: true,
    storageState: await page.context().storageState(),
  });
  try {
    const copy = await context.newPage();
    await copy.goto(page.url());
    await copy.addScriptTag({ path: axePath });
    const violations = await copy.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      };
      return (await axe.run()).violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`,
      );
    });
    expect(violations, page.url()).toEqual([]);
  } finally {
    await context.close();
  }
}
