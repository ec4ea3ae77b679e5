import * as vscode from 'vscode';
import { t } from '../../core/language';
import { deviceName } from '../../core/landmarks/devices';
import type { Failure, FailureCode, Result } from '../../core/result';
import { resolveDestination } from '../../jetson/connection/destination';
import { connect, type BoardSession } from '../../jetson/connection/session';
import type { Concern } from '../../jetson/preflight/concern';
import { preflight } from '../../jetson/preflight/preflight';
import type { BoardReport } from '../../jetson/probe/board-report';
import { probeBoard } from '../../jetson/probe/probe';
import { createPromptSession } from './connection-prompts';
import { destinationText, type SavedDevice } from './saved-device';
import { untrusted } from './trust';

/** How a device stands: it was never asked, answers but lacks something, can measure, measures, or cannot be reached. */
export type DeviceState = 'never-connected' | 'connecting' | 'reachable' | 'ready' | 'busy' | 'problem';

export interface DeviceStatus {
  readonly state: DeviceState;
  /** Why it is so, in a sentence. */
  readonly reason: string;
  /** What kind of problem it is, where there is one. */
  readonly code?: FailureCode;
  /** What the last probe found; null before the first. */
  readonly report: BoardReport | null;
  readonly concerns: readonly Concern[];
  /** When the state was found, in milliseconds since 1970; null before the first time. */
  readonly checkedAt: number | null;
}

const neverConnected = (): DeviceStatus => ({
  state: 'never-connected',
  reason: t('Never connected. Test the connection to see what it is.'),
  report: null,
  concerns: [],
  checkedAt: null,
});

/** What is known of every device in this window. */
export interface DeviceMonitor extends vscode.Disposable {
  readonly onDidChange: vscode.Event<void>;
  status(device: SavedDevice): DeviceStatus;
  /** Connects, probes and keeps what was found. Failure codes: those of `connect` and `probeBoard`. */
  test(device: SavedDevice, signal: AbortSignal): Promise<Result<BoardReport>>;
  /** Connects for something else than a probe; the session is closed afterwards. */
  withSession<T>(
    device: SavedDevice,
    signal: AbortSignal,
    work: (session: BoardSession) => Promise<Result<T>>,
  ): Promise<Result<T>>;
  /** A benchmark found out something about the device. */
  learnt(device: SavedDevice, report: BoardReport): void;
  failed(device: SavedDevice, error: Failure): void;
  /** A benchmark of this window runs there, or does no more. */
  setBusy(device: SavedDevice, sentence: string | null): void;
  /** The device was removed, or is another one under the same name. */
  forget(name: string): void;
}

export function createDeviceMonitor(secrets: vscode.SecretStorage): DeviceMonitor {
  const changed = new vscode.EventEmitter<void>();
  const statuses = new Map<string, DeviceStatus>();
  const busy = new Map<string, string>();
  const keyOf = (device: SavedDevice): string => JSON.stringify([device.name, destinationText(device)]);

  function set(device: SavedDevice, status: DeviceStatus): void {
    statuses.set(keyOf(device), status);
    changed.fire();
  }

  function status(device: SavedDevice): DeviceStatus {
    const known = statuses.get(keyOf(device)) ?? neverConnected();
    const sentence = busy.get(device.name);
    return sentence === undefined ? known : { ...known, state: 'busy', reason: sentence };
  }

  function learnt(device: SavedDevice, report: BoardReport): void {
    const concerns = preflight(report, []);
    set(device, { ...readinessOf(report, concerns), report, concerns, checkedAt: Date.now() });
  }

  function failed(device: SavedDevice, error: Failure): void {
    const { report, concerns } = statuses.get(keyOf(device)) ?? neverConnected();
    set(device, { state: 'problem', reason: error.message, code: error.code, report, concerns, checkedAt: Date.now() });
  }

  async function withSession<T>(
    device: SavedDevice,
    signal: AbortSignal,
    work: (session: BoardSession) => Promise<Result<T>>,
  ): Promise<Result<T>> {
    const refusal = untrusted();
    if (refusal) return refusal;
    const destination = await resolveDestination(destinationText(device));
    if (!destination.ok) return destination;
    const { prompts, connected } = createPromptSession(secrets);
    const session = await connect(destination.value, { prompts, signal });
    if (!session.ok) return session;
    connected();
    try {
      return await work(session.value);
    } finally {
      session.value.close();
    }
  }

  async function test(device: SavedDevice, signal: AbortSignal): Promise<Result<BoardReport>> {
    const before = statuses.get(keyOf(device)) ?? neverConnected();
    set(device, { ...before, state: 'connecting', reason: t('Connecting to {0}.', destinationText(device)) });
    const report = await withSession(device, signal, (session) => probeBoard(session, { signal }));
    if (report.ok) learnt(device, report.value);
    else if (report.error.code === 'cancelled') set(device, before);
    else failed(device, report.error);
    return report;
  }

  return {
    onDidChange: changed.event,
    status,
    test,
    withSession,
    learnt,
    failed,
    setBusy: (device, sentence) => {
      if (sentence === null) busy.delete(device.name);
      else busy.set(device.name, sentence);
      changed.fire();
    },
    forget: (name) => {
      for (const key of statuses.keys()) if ((JSON.parse(key) as [string])[0] === name) statuses.delete(key);
      changed.fire();
    },
    dispose: () => changed.dispose(),
  };
}

/** A device's name as what it was found to be, e.g. `Jetson Nano`; null before it was asked. */
export function foundName({ report }: DeviceStatus): string | null {
  if (report === null) return null;
  return report.device === null ? (report.boardModel ?? t('unknown board')) : deviceName(report.device);
}

function readinessOf(report: BoardReport, concerns: readonly Concern[]): Pick<DeviceStatus, 'state' | 'reason'> {
  if (report.framecast.busy === true) {
    return { state: 'busy', reason: t('A Framecast job is running on it. A new one waits until it has finished.') };
  }
  const [error] = concerns.filter(({ severity }) => severity === 'error');
  if (error) return { state: 'reachable', reason: error.message };
  const warnings = concerns.length;
  return {
    state: 'ready',
    reason:
      warnings === 0
        ? t('Ready to measure models.')
        : t(
            'Ready to measure models; {0, plural, one {one thing} other {# things}} may distort the results.',
            warnings,
          ),
  };
}
