import type { Duplex } from 'node:stream';

/** Silence of so many keep-alive intervals means that the link is dead: under 30 s with the usual 10 s. */
const silentIntervals = 2.75;
const checksPerInterval = 8;

/**
 * Watches a stream from which something is heard at least once per interval as long as the link lives, since each
 * ping is answered, and calls back once when it has fallen silent. Ends with the stream.
 *
 * Silence is counted in checks and not by the clock: a machine that wakes from sleep must first listen again.
 */
export function watchForSilence(stream: Duplex, intervalMs: number, onSilence: () => void): void {
  let silentChecks = 0;
  const onData = (): void => {
    silentChecks = 0;
  };
  const timer = setInterval(() => {
    if (++silentChecks < silentIntervals * checksPerInterval) return;
    clearInterval(timer);
    onSilence();
  }, intervalMs / checksPerInterval);
  stream.on('data', onData);
  stream.once('close', () => clearInterval(timer));
}
