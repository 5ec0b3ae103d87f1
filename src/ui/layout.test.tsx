import { describe, expect, test } from 'vitest';
import { pathWith, renderElement, renderPage, withNotice } from './layout.tsx';
import { isWithin } from './navigation.ts';
import { sampleView } from './style-guide.tsx';
import { Text } from './text.tsx';

const draw = (view = sampleView()): string => renderPage(view, { title: 'Title', body: <p>Body</p> });

describe('a notice', () => {
  test('is shown only when it is a message of the kind "done"', () => {
    for (const notice of ['common.sign-out', 'nowhere.done-x', '<b>Pay here</b>', 'common.done-', '']) {
      const html = draw(sampleView('en', { path: `/?notice=${encodeURIComponent(notice)}` }));
      expect([notice, html.includes('role="status"')]).toEqual([notice, false]);
    }
    expect(draw(sampleView('en', { path: '/?notice=common.done-saved' }))).toContain('<p>Saved.</p>');
  });

  test('joins the address it is given, and leaves with the next step', () => {
    expect(withNotice('/signals?week=12#s4', 'common.done-saved')).toBe('/signals?week=12&notice=common.done-saved#s4');
    const view = sampleView('en', { path: '/signals?week=12&notice=common.done-saved' });
    expect(pathWith(view, { lang: 'fr' })).toBe('/signals?week=12&lang=fr');
  });
});

describe('a page', () => {
  test('with an asynchronous component is refused: data is loaded before it is drawn', () => {
    const Late = async (): Promise<string> => 'late';
    expect(() => renderPage(sampleView(), { title: 'Title', body: <Late /> })).toThrow(TypeError);
  });

  test('escapes what people wrote, in the title, names and values', () => {
    const view = sampleView('en', { nodeName: '<script>1</script>', path: '/"><script>' });
    const html = renderPage(view, {
      title: '</title><script>',
      body: <p>{'<script>'}</p>,
      breadcrumbs: [{ path: '/', label: '<script>' }],
    });
    expect(html).not.toContain('<script>');
  });

  test('holds no script, no inline style and nothing from elsewhere', () => {
    expect(draw()).not.toMatch(/<script|<style|\sstyle=|\son[a-z]+=|(?:src|href)="(?:https?:)?\/\//);
  });

  test('has one main heading, which is its title, and says its language and direction', () => {
    expect(draw().match(/<h1>/g)).toHaveLength(1);
    expect(draw()).toContain('<html lang="en" dir="ltr">');
    expect(draw(sampleView('ar'))).toContain('<html lang="ar" dir="rtl">');
  });

  test('signed out offers to come back here after signing in; signed in, signing out is a protected form', () => {
    const out = sampleView('en', { viewer: { account: undefined, party: undefined, roles: new Set() } });
    expect(draw(out)).toContain('href="/sign-in?next=%2Fagreements%2F17%3Fpage%3D2"');
    expect(draw(out)).not.toContain('/sign-out');
    expect(draw()).toMatch(/<form[^>]*action="\/sign-out"><input type="hidden" name="csrf" value="sample-token"/);
  });

  test('marks the part of the site it belongs to', () => {
    expect(draw()).toContain('<a href="/agreements" aria-current="page">');
    expect(draw()).toContain('<a href="/">');
    expect(isWithin('/agreements-old', '/agreements')).toBe(false);
    expect(isWithin('/agreements', '/')).toBe(false);
  });

  test('offers itself in every language, keeping its address', () => {
    for (const locale of ['en', 'fr', 'es', 'pt', 'ar'])
      expect(draw()).toContain(`href="/agreements/17?page=2&amp;lang=${locale}"`);
  });
});

test('an element stands inside a sentence where its language puts it', () => {
  const values = { field: <a href="/x">Cases</a>, message: 'a < b' };
  expect(renderElement(<Text view={sampleView()} id="common.error-in" values={values} />)).toBe(
    '<a href="/x">Cases</a>: a &lt; b',
  );
});
