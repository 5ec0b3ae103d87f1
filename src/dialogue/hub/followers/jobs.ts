import type { Job } from '../../../jobs.ts';
import { announce, deliver } from './delivering.ts';
import { carryOut } from './inbox.ts';
import { announceJob, deliverJob, inboxJob, type AnnounceData, type DeliverData, type InboxData } from './queue.ts';

const takeInJob: Job<InboxData> = { ...inboxJob, run: carryOut };
const tellJob: Job<AnnounceData> = { ...announceJob, run: announce };
const sendJob: Job<DeliverData> = { ...deliverJob, run: deliver };

export const followerJobs: readonly Job[] = [takeInJob, tellJob, sendJob];
