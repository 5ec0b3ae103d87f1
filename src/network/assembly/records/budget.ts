/** The lines of a budget as a table brings them: a heading, and what comes in or what goes out. Amounts are whole hundredths of the currency. */
import { z } from 'zod';
import { readNamedRows } from '../../members/named-rows.ts';
import { problem } from '../../../problem.ts';

export const budgetLineSchema = z.object({
  direction: z.enum(['income', 'expenditure']),
  heading: z.string(),
  hundredths: z.int(),
});
export type BudgetLine = Readonly<z.output<typeof budgetLineSchema>>;

const columns = {
  heading: ['line', 'item', 'poste', 'concepto', 'rubrica', 'titulo'],
  income: ['revenue', 'recettes', 'ingresos', 'receita', 'receitas'],
  expenditure: ['expense', 'expenses', 'depenses', 'gastos', 'despesa', 'despesas'],
};
const limits = { bytes: 500_000, rows: 1000 };

const amountForm = /^\d{1,12}(?:\.\d{1,2})?$/;

export function parseHundredths(text: string): number | undefined {
  if (!amountForm.test(text)) return undefined;
  const [whole = '', part = ''] = text.split('.');
  return Number(whole) * 100 + Number(part.padEnd(2, '0'));
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** Every row that cannot be read is named; nothing of the table is taken then. */
export async function readBudget(text: string): Promise<readonly BudgetLine[]> {
  const { rows, faults } = await readNamedRows(bytesOf(text), columns, ['heading'], limits);
  const wrong = faults.map(({ row }) => row);
  const lines = rows.flatMap(({ row, cells }): BudgetLine[] => {
    const { heading, income, expenditure } = cells;
    const hundredths = parseHundredths(income ?? expenditure ?? '');
    if (
      heading === undefined ||
      heading.length > 300 ||
      (income === undefined) === (expenditure === undefined) ||
      hundredths === undefined
    ) {
      wrong.push(row);
      return [];
    }
    return [{ direction: income === undefined ? 'expenditure' : 'income', heading, hundredths }];
  });
  if (wrong.length > 0 || lines.length === 0)
    throw problem.fileUnreadable({
      reason: wrong.length > 0 ? 'rows' : 'empty',
      row: wrong.toSorted((a, b) => a - b)[0] ?? null,
    });
  return lines;
}

export function sumOf(lines: readonly BudgetLine[], direction: BudgetLine['direction']): number {
  return lines.reduce((sum, line) => sum + (line.direction === direction ? line.hundredths : 0), 0);
}
