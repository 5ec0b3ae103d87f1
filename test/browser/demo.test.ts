import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storySchema, storySteps, type Story, type StoryStep } from '../../src/demo/story.tsx';
import { describeInBrowser, launchBrowser } from '../support/browser.ts';
import { shoot } from '../support/pages.ts';
import { bothWays, startWalk, type Walk } from '../support/walk.ts';

/** Step 1 of the first way through the product: the command that README.md names, and what its story says, in browsers with scripts and without. */

const repository = path.join(import.meta.dirname, '../..');

interface Demo {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Resolves when the output has this; fails when the process ends before. */
  says(words: string): Promise<void>;
}

function startDemo(dir: string, port: number): Demo {
  // Of its own process group: a terminal's Ctrl-C is not what is tested here.
  const child = spawn(process.execPath, [path.join(repository, 'bin/reciproca'), 'demo', '--port', String(port)], {
    env: { ...process.env, RECIPROCA_DATA: dir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      for (const listener of listeners) listener();
    });
  return {
    child,
    output: () => text,
    says: (words) =>
      new Promise((resolve, reject) => {
        const look = (): void => void (text.includes(words) && resolve());
        listeners.add(look);
        look();
        child.once('exit', (code) =>
          reject(new Error(`the demonstration ended (${code}) without saying ${words}:\n${text}`)),
        );
      }),
  };
}

async function stop({ child }: Demo): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const exited = once(child, 'exit') as Promise<[number | null]>;
  child.kill('SIGTERM');
  return (await exited)[0];
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

async function findThreePorts(): Promise<number> {
  for (let port = 20_000 + (process.pid % 2000) * 5; port < 60_000; port += 5)
    if ((await Promise.all([isFree(port), isFree(port + 1), isFree(port + 2)])).every(Boolean)) return port;
  throw new Error('no three free ports');
}

describeInBrowser('the demonstration', () => {
  let dir: string;
  let port: number;
  let demo: Demo;
  let browser: Browser;
  let story: Story;

  beforeAll(async () => {
    dir = path.join(mkdtempSync(path.join(os.tmpdir(), 'reciproca-demo-')), 'demo');
    port = await findThreePorts();
    browser = await launchBrowser();
    demo = startDemo(dir, port);
    await demo.says('Ctrl-C stops the three nodes');
    story = storySchema.parse(JSON.parse(readFileSync(path.join(dir, 'story.json'), 'utf8')));
  }, 300_000);

  afterAll(async () => {
    await stop(demo);
    await browser.close();
    rmSync(path.dirname(dir), { recursive: true, force: true });
  }, 60_000);

  const told = (step: StoryStep): Story['steps'][number] => {
    const found = story.steps.find((each) => each.step === step);
    if (!found) throw new Error(`the story leaves out ${step}`);
    return found;
  };

  it('prints seven links, the nodes and who may sign in', () => {
    const output = demo.output();
    expect(story.steps.map(({ step }) => step)).toEqual([...storySteps]);
    for (const { url, as } of story.steps) {
      expect(output).toContain(url);
      if (as) expect(output).toContain(as.email);
    }
    for (const { url } of story.nodes) expect(output).toContain(url);
    expect(output).toContain(story.password);
  });

  describe.each(bothWays)('read $name', (way) => {
    const signedIn = new Map<string, Page>();
    let walk: Walk;

    beforeAll(() => {
      walk = startWalk(browser, way);
    });

    /** Follows the link of a step as its reader would: signing in on the way when asked to. */
    async function follow(step: StoryStep): Promise<Page> {
      const { url, as } = told(step);
      const key = `${new URL(url).host} ${as?.email ?? ''}`;
      const known = signedIn.get(key);
      const page = known ?? (await walk.open());
      signedIn.set(key, page);
      await page.goto(url);
      if (as && !known) {
        expect(new URL(page.url()).pathname).toBe('/sign-in');
        const form = page.locator('form[action="/sign-in"]');
        await form.locator('[name=email]').fill(as.email);
        await form.locator('[name=password]').fill(story.password);
        await form.getByRole('button').click();
        await page.waitForURL((at) => at.href.split('?')[0] === url);
      }
      expect(page.url().split('?')[0]).toBe(url);
      await shoot(page, `demo-${step}`);
      return page;
    }

    it('tells the same story on the start page of each node, in each language', async () => {
      const page = await walk.open();
      for (const { url } of story.nodes)
        for (const language of ['en', 'fr', 'es', 'pt', 'ar']) {
          await page.goto(`${url}/?lang=${language}`);
          const links = await page
            .locator('.story li > a')
            .evaluateAll((all) => all.map((link) => link.getAttribute('href')));
          expect(links).toEqual(story.steps.map((step) => step.url));
          expect(await page.locator('.story').innerText()).not.toMatch(/\{[a-z]+\}/);
        }
      await page.goto(`${story.nodes[0]?.url}/?lang=en`);
      await shoot(page, 'demo-start');
    });

    it('1. three of forty facilities are silent, each with whom to call', async () => {
      const page = await follow('silent');
      const { contact, unit, phone } = told('silent').values;
      const text = await page.locator('main').innerText();
      for (const words of [contact, unit, phone, '3 units have not reported', '92.5', '37 of 40'])
        expect(text).toContain(String(words));
    });

    it('2. a signal shows its curve, what was usual, its neighbours, and one sentence', async () => {
      const page = await follow('signal');
      expect(await page.locator('h1').innerText()).toBe(`Measles, ${told('signal').values['place']}`);
      expect(await page.locator('main svg.curve[role=img]').count()).toBe(1);
      expect(await page.locator('main svg.map[role=img]').count()).toBe(1);
      expect(await page.locator('main').innerText()).toMatch(
        /\d+ reported; \S+ expected from .+; the alarm begins above/,
      );
      expect(await page.getByRole('button', { name: 'Record the decision' }).count()).toBe(1);
    });

    it('3. a named officer verified a signal, with her reason, and made it an event', async () => {
      const page = await follow('verified');
      const { officer, place } = told('verified').values;
      expect(await page.locator('h1').innerText()).toBe(`Measles, ${place}`);
      const text = await page.locator('main').innerText();
      expect(text).toContain(String(officer));
      expect(text).toContain('confirmed by the laboratory');
    });

    it('4. the neighbour has the warning, under its article and with its proof', async () => {
      const page = await follow('warning');
      const text = await page.locator('main').innerText();
      for (const words of [
        'Verified warning',
        String(told('verified').values['place']),
        'Proven',
        'Article 3',
        'Ministry of Health of Ambria',
      ])
        expect(text).toContain(words);
    });

    it('5. the community sees what left, what came back, and what it refused', async () => {
      const page = await follow('community');
      const text = await page.locator('main').innerText();
      for (const words of [
        'gave to Ministry of Health of Sorell',
        'in return',
        'Article 2',
        'Article 3',
        'immigration control',
      ])
        expect(text).toContain(words);
      expect(text).toMatch(/training of models\s+refused/);
    });

    it('6. a request for a forbidden purpose was refused, naming the rule', async () => {
      const page = await follow('refused');
      const text = await page.locator('main').innerText();
      for (const words of ['Refused', 'immigration control', 'no agreement can permit this purpose'])
        expect(text).toContain(words);
    });

    it('7. the observatory has checked it all, without an account', async () => {
      const page = await follow('observatory');
      const text = await page.locator('main').innerText();
      expect(text.match(/Verified/g)?.length).toBe(3);
      expect(text).toContain('Receipt of Ministry of Health of Sorell');
      expect(text).not.toContain('Not known yet');
    });

    it('no page breaks, and none is closed to anybody', { timeout: 180_000 }, async () => {
      expect(await walk.findFaults()).toEqual([]);
    });
  });

  it('a second one on the same ports says which are in use, and what to do', async () => {
    const other = startDemo(path.join(path.dirname(dir), 'other'), port);
    const [code] = (await once(other.child, 'exit')) as [number | null];
    expect(code).toBe(1);
    expect(other.output()).toContain(`Ports ${port}, ${port + 1}, ${port + 2} are in use`);
    expect(other.output()).toContain('--port');
  }, 60_000);

  it('stops all three when asked to, and goes on from there at the next start', async () => {
    expect(await stop(demo)).toBe(0);
    expect(await Promise.all([isFree(port), isFree(port + 1), isFree(port + 2)])).toEqual([true, true, true]);
    demo = startDemo(dir, port);
    await demo.says('Ctrl-C stops the three nodes');
    expect(demo.output()).not.toContain('pair');
    expect(storySchema.parse(JSON.parse(readFileSync(path.join(dir, 'story.json'), 'utf8')))).toEqual(story);
    const page = await browser.newPage();
    await page.goto(told('observatory').url);
    expect(await page.locator('main').innerText()).toContain('Verified');
  }, 120_000);
});
