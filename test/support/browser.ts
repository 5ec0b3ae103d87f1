import * as fs from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import { needs } from './needs.ts';

// The system's Chromium, not a downloaded one. CHROMIUM_PATH names another.

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const executablePath = [process.env['CHROMIUM_PATH'], ...usualPlaces].find((file) => file && fs.existsSync(file));

export const browserAvailable = executablePath !== undefined;

/** A `describe` for tests that need a browser. */
export const describeInBrowser = needs(
  browserAvailable,
  'a browser: install chromium (on Debian: apt-get install chromium fonts-noto-core) or set CHROMIUM_PATH',
);

/** Closed by disposal: `await using browser = await launchBrowser()`. */
export function launchBrowser(): Promise<Browser> {
  if (executablePath === undefined) throw new Error('no browser; use describeInBrowser');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox', // for root, and containers without user namespaces
      '--disable-dev-shm-usage', // containers give /dev/shm 64 MB
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // The network ends at this machine: whatever a page asks of anybody else fails.
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1',
    ],
  });
}
