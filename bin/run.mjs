// Runs a development tool, or a TypeScript file of ours, under the pinned Node: `node bin/run.mjs vitest run PATH`. "build" only
// prepares what bin/reciproca runs, for installations whose program files are not writable afterwards.
import { build, findTool, runFile, startOrExplain, underPinnedNode } from './bootstrap.mjs';

const packageOf = { vitest: 'vitest', tsc: 'typescript', oxlint: 'oxlint', prettier: 'prettier', knip: 'knip' };
const [tool, ...args] = process.argv.slice(2);

if (tool === 'tsx-node' && args[0] !== undefined) {
  const [entry, ...rest] = args;
  await startOrExplain(() => underPinnedNode(async () => runFile(await build(entry), rest)));
} else if (tool === 'build') {
  await startOrExplain(() => underPinnedNode(() => build('src/main.ts')));
} else if (Object.hasOwn(packageOf, tool ?? '')) {
  await startOrExplain(() => underPinnedNode(() => runFile(findTool(packageOf[tool], tool), args)));
} else {
  process.stderr.write(
    `usage: node bin/run.mjs ${Object.keys(packageOf).join('|')} ARGS\n       node bin/run.mjs tsx-node FILE.ts ARGS\n       node bin/run.mjs build\n`,
  );
  process.exitCode = 2;
}
