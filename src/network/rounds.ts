/**
 * The node's rounds: for every log it follows, take over what is new, ask for the bodies still wanted, and have our own checkpoint confirmed.
 * Rounds are driven by a clock and hurried by hints, never only by hints: one that is lost costs seconds. A peer that fails is asked
 * more and more seldom, and the others do not wait for it.
 */
import { fetchBodies } from '../acts/bodies.ts';
import { seekConfirmation } from '../acts/confirm.ts';
import { followLog } from '../acts/follow.ts';
import { fetchProofs } from '../acts/proof.ts';
import { confirmSilence } from '../acts/silence.ts';
import { listPeerLogs } from '../acts/store.ts';
import { compareViews } from '../acts/views.ts';
import type { House } from '../house.ts';
import { Problem } from '../problem.ts';
import { dial, PeerUnreachable } from './dial.ts';
import { parseAddress } from './address.ts';
import { resendRequests } from './pairing/actions.ts';
import { sendToPeer } from './peer-request.ts';

export interface Rounds {
  /** Hurries the round of one log, or of all. */
  wake(logId?: number): void;
  /** Somebody, perhaps anybody, says that a log has grown: soon, but not as often as it is said. */
  hint(logId: number): void;
  /** One round of every log, now; for commands and tests. Faults of peers are logged, not thrown. */
  runOnce(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

const intervalMs = 5_000;
const longestPauseMs = 10 * 60_000;
/** Between the beginnings of two rounds that hints bring about. A log that could not be followed is asked no more often than by itself. */
const hintSpacingMs = 500;

interface PeerState {
  running: Promise<void> | undefined;
  isHurried: boolean;
  failures: number;
  notBefore: number;
  begunAt: number;
  hinted: NodeJS.Timeout | undefined;
}

export function openRounds(getHouse: () => House): Rounds {
  const states = new Map<number, PeerState>();
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  const stateOf = (logId: number): PeerState => {
    const known = states.get(logId);
    if (known) return known;
    const state: PeerState = {
      running: undefined,
      isHurried: false,
      failures: 0,
      notBefore: 0,
      begunAt: 0,
      hinted: undefined,
    };
    states.set(logId, state);
    return state;
  };

  const visit = (logId: number): Promise<void> => {
    const state = stateOf(logId);
    if (state.running) {
      state.isHurried = true;
      return state.running;
    }
    state.running = (async () => {
      do {
        state.isHurried = false;
        state.begunAt = Date.now();
        await round(getHouse(), logId, state);
      } while (state.isHurried && !isStopped);
    })().finally(() => (state.running = undefined));
    return state.running;
  };

  const visitAll = async (isDue: (state: PeerState) => boolean): Promise<void> => {
    const house = getHouse();
    await resendRequests(house);
    const logs = await house.database.read('node', listPeerLogs);
    await Promise.all(
      logs.filter((log) => log.closed_reason === null && isDue(stateOf(log.id))).map((log) => visit(log.id)),
    );
  };

  return {
    wake(logId) {
      if (isStopped) return;
      const done = logId === undefined ? visitAll(() => true) : visit(logId);
      done.catch((error: unknown) => getHouse().log.error('a round failed', { error }));
    },
    hint(logId) {
      if (isStopped) return;
      const state = stateOf(logId);
      const spacingMs = state.failures > 0 ? intervalMs : hintSpacingMs;
      const waitMs = state.begunAt + spacingMs - Date.now();
      if (waitMs <= 0) this.wake(logId);
      else
        state.hinted ??= setTimeout(() => {
          state.hinted = undefined;
          this.wake(logId);
        }, waitMs).unref();
    },
    runOnce: () => visitAll(() => true),
    start() {
      const house = getHouse();
      house.journal.onGrown(() => {
        if (isStopped) return;
        announce(house).catch((error: unknown) => house.log.error('announcing failed', { error }));
        this.wake();
      });
      timer = setInterval(() => {
        const now = Date.now();
        house.journal
          .run()
          .then(() => visitAll((state) => state.notBefore <= now))
          .catch((error: unknown) => house.log.error('a round failed', { error }));
      }, intervalMs);
      timer.unref();
    },
    async stop() {
      isStopped = true;
      clearInterval(timer);
      for (const { hinted } of states.values()) clearTimeout(hinted);
      await Promise.allSettled([...states.values()].flatMap((state) => state.running ?? []));
    },
  };
}

async function round(house: House, logId: number, state: PeerState): Promise<void> {
  try {
    await followLog(house, logId);
    if (house.journal.condition().is === 'closed') return;
    const [peer] = (await house.database.read('node', listPeerLogs)).filter((log) => log.id === logId);
    if (!peer) return;
    await fetchBodies(house, logId, (path, body) => sendToPeer(house, peer, path, body));
    await fetchProofs(house, logId);
    await seekConfirmation(house, logId);
    await confirmSilence(house, logId);
    await compareViews(house, logId);
    state.failures = 0;
    state.notBefore = 0;
  } catch (error) {
    if (!(error instanceof PeerUnreachable) && !(error instanceof Problem)) throw error;
    state.failures += 1;
    state.notBefore = Date.now() + Math.min(longestPauseMs, intervalMs * 2 ** Math.min(state.failures, 10));
    house.log.warn('a peer could not be followed', { log: logId, failures: state.failures, reason: error.message });
  }
}

/** Tells everyone we follow that our log has grown. Whoever misses it sees it in its own next round. */
async function announce(house: House): Promise<void> {
  const { logOrigin } = parseAddress(house.config.publicUrl);
  const peers = await house.database.read('node', listPeerLogs);
  await Promise.allSettled(
    peers.map((peer) =>
      dial(`${peer.url}/federation/hint`, {
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
        body: logOrigin,
        timeoutMs: 3_000,
        limitBytes: 1_000,
      }),
    ),
  );
}
