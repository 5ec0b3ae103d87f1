import { raw, read, type Endpoint } from '../../../http/endpoint.ts';
import { formatCsv } from '../../../surveillance/csv.ts';
import { getVisibleInquiry } from '../inquiries/actions.ts';
import { inquiryParams } from '../voting/routes.tsx';
import { csvHeader, csvRows } from './csv.ts';
import { resultsPage } from './pages.tsx';
import { describeResults, resultsAnswer } from './reading.ts';

const show = read({
  path: '/p/:party/inquiries/:inquiry/results',
  summary: 'What is published of the votes: nothing about fewer than five people, on the page, here and in the table',
  for: 'anyone',
  params: inquiryParams,
  answer: resultsAnswer,
  handle: async (reading, { params }) =>
    describeResults(reading, await getVisibleInquiry(reading.reader, reading, params.inquiry)),
  page: resultsPage,
});

const table = raw({
  path: '/p/:party/inquiries/:inquiry/results.csv',
  summary: 'The same as a table, one row a statement and group',
  for: 'anyone',
  params: inquiryParams,
  contentTypes: ['text/csv'],
  async handle(reading, { params }) {
    const inquiry = await getVisibleInquiry(reading.reader, reading, params.inquiry);
    return {
      contentType: 'text/csv; charset=utf-8',
      body: formatCsv(csvHeader, csvRows(await describeResults(reading, inquiry))),
      fileName: `${inquiry.slug}.csv`,
    };
  },
});

export const resultEndpoints: readonly Endpoint[] = [show, table];
