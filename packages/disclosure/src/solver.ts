/**
 * HiGHS in a thread of its own, so that a hard question keeps nobody else waiting, and one that takes too long can be given up: the thread is ended.
 * A thread costs a tenth of a second to start, so those that have answered wait for the next question.
 */
import { createRequire } from 'node:module';
import { Worker, type MessagePort } from 'node:worker_threads';
import type { Highs } from 'highs';

/** Rows by their columns, each of which stands once; columns are whole numbers from zero up. */
export interface Model {
  readonly columns: number;
  readonly rows: readonly { readonly columns: readonly number[]; readonly least: number; readonly most: number }[];
}

export interface Search {
  /** Column by column. */
  readonly cost: Float64Array;
  readonly sense: 'least' | 'most';
  /** Rows whose upper limit is another in this search. */
  readonly limits: readonly { readonly row: number; readonly most: number }[];
  /** Else real numbers are enough. */
  readonly isWhole: boolean;
}

export class OutOfPatience extends Error {}

export interface Solver extends Disposable {
  /** What follows is asked of this model. */
  load(model: Model): void;
  /** Undefined where nothing was found. Throws OutOfPatience, from the limit on at once. */
  search(search: Search): Promise<Float64Array | undefined>;
}

type Question = { readonly model: Model } | { readonly search: Search };
type Answer = { readonly values: Float64Array | undefined } | { readonly failure: string };

const idle: Worker[] = [];
const mostIdle = 2;

/** One time limit for everything that is asked of it. */
export function openSolver(patienceMs: number): Solver {
  const givenUpAt = performance.now() + patienceMs;
  let worker: Worker | undefined;
  const ask = (question: Question): Worker => {
    if (worker === undefined) {
      worker = idle.pop() ?? startWorker();
      worker.ref();
    }
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    worker.postMessage(question);
    return worker;
  };
  const end = (): void => {
    void worker?.terminate();
    worker = undefined;
  };
  let model: Model | undefined;
  return {
    load: (next) => {
      model = next;
    },
    async search(search) {
      const leftMs = givenUpAt - performance.now();
      if (leftMs <= 0) throw new OutOfPatience();
      if (model) ask({ model });
      model = undefined;
      try {
        return await answerOf(ask({ search }), leftMs);
      } catch (error) {
        // It may still be at it, or, after a failure, broken.
        end();
        throw error;
      }
    },
    [Symbol.dispose]() {
      if (worker === undefined) return;
      worker.unref();
      if (idle.length < mostIdle) idle.push(worker);
      else end();
      worker = undefined;
    },
  };
}

function answerOf(worker: Worker, patienceMs: number): Promise<Float64Array | undefined> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(timer);
      worker.off('message', onAnswer).off('error', onError);
    };
    const onError = (error: unknown): void => {
      settle();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    const onAnswer = (answer: Answer): void => {
      if ('failure' in answer) return onError(new Error(answer.failure));
      settle();
      resolve(answer.values);
    };
    const timer = setTimeout(() => onError(new OutOfPatience()), patienceMs);
    worker.on('message', onAnswer).on('error', onError);
  });
}

/** From text and not from a file: whoever bundles this package has one file. */
function startWorker(): Worker {
  const program = `const { parentPort, workerData } = require('node:worker_threads');
    (${serve.toString()})(require(workerData)(), parentPort);`;
  const worker = new Worker(program, {
    eval: true,
    workerData: createRequire(import.meta.url).resolve('highs'),
  });
  const forget = (): void => {
    const at = idle.indexOf(worker);
    if (at >= 0) idle.splice(at, 1);
  };
  worker.on('error', forget).on('exit', forget);
  worker.unref();
  return worker;
}

/** Runs in the thread; may use nothing from outside of itself. */
function serve(loading: Promise<Highs>, port: MessagePort): void {
  type HighsModel = ReturnType<Highs['createModel']>;
  let loaded: { model: HighsModel; rows: Model['rows']; columns: number } | undefined;
  const load = (highs: Highs, { rows, columns }: Model): void => {
    loaded?.model.dispose();
    const indices = rows.flatMap((row) => row.columns);
    let end = 0;
    const starts = [0, ...rows.map((row) => (end += row.columns.length))];
    const model = highs.createModel({
      numCols: columns,
      numRows: rows.length,
      colCost: new Float64Array(columns),
      colLower: new Float64Array(columns),
      colUpper: new Float64Array(columns).fill(highs.infinity),
      rowLower: rows.map(({ least }) => least),
      rowUpper: rows.map(({ most }) => (most === Infinity ? highs.infinity : most)),
      matrix: {
        format: 'csr',
        numRows: rows.length,
        numCols: columns,
        starts,
        indices,
        values: indices.map(() => 1),
      },
    });
    model.options.set({ output_flag: false, mip_rel_gap: 0, mip_abs_gap: 0 });
    loaded = { model, rows, columns };
  };
  const search = (highs: Highs, { cost, sense, limits, isWhole }: Search): Float64Array | undefined => {
    if (!loaded) throw new Error('no model');
    const { model, rows, columns } = loaded;
    const all = { kind: 'range', from: 0, to: columns - 1 } as const;
    const { minimize, maximize } = highs.constants.objectiveSense;
    model.changeColsCost(all, cost);
    model.changeObjectiveSense(sense === 'least' ? minimize : maximize);
    for (const { row, most } of limits) model.changeRowBounds(row, rows[row]!.least, most);
    if (isWhole) model.changeColsIntegrality(all, new Int32Array(columns).fill(highs.constants.variableType.integer));
    model.raw.run();
    const values = model.raw.getSolution().value?.colValue;
    if (isWhole) model.clearIntegrality();
    for (const { row } of limits) model.changeRowBounds(row, rows[row]!.least, rows[row]!.most);
    return values && Float64Array.from(values);
  };
  port.on('message', (question: Question) => {
    loading
      .then((highs) => {
        if ('model' in question) load(highs, question.model);
        else port.postMessage({ values: search(highs, question.search) } satisfies Answer);
      })
      .catch((error: unknown) => port.postMessage({ failure: String(error) } satisfies Answer));
  });
}
