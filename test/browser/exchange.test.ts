import { expect, it, vi } from 'vitest';
import { sendTable, sendWarnings } from '../../src/exchange/actions.ts';
import { listFlows } from '../../src/exchange/store.ts';
import type { PlainDate } from '../../src/period.ts';
import { launchBrowser } from '../support/browser.ts';
import { drawCountry, order, propose, report, signAll, treaty, warnings, week, weekly } from '../support/exchange.ts';
import { settableClock } from '../support/house.ts';
import { converge, openTestNode, pair } from '../support/node.ts';
import { openAdministrator, shoot, signInOn } from '../support/pages.ts';
import { describeBothWays, startWalk } from '../support/walk.ts';

// Whole nodes, each with a database, and a browser, on a machine that others use as well.
vi.setConfig({ testTimeout: 180_000 });

describeBothWays('the pages of exchange', (way) => {
  it('show what left and why, decide on a warning, refuse a request with its reason; axe finds nothing', async () => {
    // Sessions end by the browser’s clock.
    const clock = settableClock(new Date());
    await using a = await openTestNode('a', clock);
    await using b = await openTestNode('b', clock);
    await pair(a, b);
    await openAdministrator(a, 'amina@example.org');
    await openAdministrator(b, 'leila@example.org');
    await drawCountry(a);
    await report(a, 'measles', week('2026-W09'), { AA11: 30, AA21: 3 });
    const id = await propose([a, b], await treaty([a, b], [[weekly], [warnings]]));
    await signAll([a, b], id);
    await a.act((work) => sendTable(work, order(id, b, week('2026-W09'))));
    const places = [{ code: 'AA1', name: 'North', level: 1 }];
    const event = { id: 'e', indicator: 'cholera', indicatorName: 'Cholera', places, period: null, cases: 40 };
    await a.act((work) => sendWarnings(work, { ...event, on: '2026-03-01' as PlainDate }));
    await converge(a, b);
    const flows = await a.house.database.read({ party: a.operator.id }, (reader) => listFlows(reader, { limit: 5 }));
    const table = flows.find(({ content }) => content === 'table');

    await using browser = await launchBrowser();
    const walk = startWalk(browser, way);
    const page = await signInOn(await walk.open(), a, 'amina@example.org');
    for (const [path, name] of [
      ['/exchange', 'exchange'],
      [`/exchange/flows/${table?.id}`, 'exchange-flow'],
      ['/exchange/requests', 'exchange-requests'],
      ['/exchange/public', 'exchange-public'],
    ] as const) {
      await page.goto(a.url + path);
      await shoot(page, name);
    }
    await page.goto(`${a.url}/exchange/requests`);
    await page.selectOption('[name=giver]', b.operator.did);
    await page.fill('[name=indicator]', 'measles');
    await page.selectOption('[name=purpose]', 'insurance');
    await page.click('main button');
    expect(await page.textContent('main')).toContain('no agreement can permit this purpose');

    const neighbour = await signInOn(await walk.open(), b, 'leila@example.org');
    await neighbour.goto(`${b.url}/exchange`);
    await neighbour.getByRole('button', { name: 'Set aside' }).click();
    expect(await neighbour.textContent('main')).toContain('Your decision was saved.');
    expect(await neighbour.getByRole('button', { name: 'Set aside' }).count()).toBe(0);
    expect(await walk.findFaults()).toEqual([]);
  });
});
