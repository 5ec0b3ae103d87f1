import type { z } from 'zod';
import type { Job } from '../../jobs.ts';
import { detectJob, detectRequest } from './detect-job.ts';
import { detectChanges } from './detection.ts';

export const runDetection: Job<z.output<typeof detectRequest>> = {
  ...detectJob,
  data: detectRequest,
  async run(house, { party }) {
    const { series, raised, recorded } = await detectChanges(house, party, 'jobs');
    if (series > 0) house.log.info('looked for signals', { party, series, raised, recorded });
  },
};
