import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { describeInBrowser, launchBrowser } from './browser.ts';

describeInBrowser('the browser that tests use', () => {
  test('opens pages of nodes on *.localhost, right to left too, and reaches nobody else', async () => {
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end('<!doctype html><html lang=ar dir=rtl><title>t</title><p>إنذار مبكر</p>');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo; // of a TCP server, never a path
    {
      await using browser = await launchBrowser();
      const page = await browser.newPage();
      await page.goto(`http://a.localhost:${port}/`);
      expect(await page.evaluate('getComputedStyle(document.body).direction')).toBe('rtl');
      expect(await page.textContent('p')).toBe('إنذار مبكر');
      await expect(page.goto('http://example.org/')).rejects.toThrow(/ERR_NAME_NOT_RESOLVED/);
    }
    server.close();
  });
});
