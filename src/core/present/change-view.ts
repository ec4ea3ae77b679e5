import { t } from '../language';
import { formatTarget, formatThroughput, imageSize } from '../figures';
import { deviceName } from '../landmarks/devices';
import { runtimeName } from '../landmarks/landmark';
import type { Change, Changes } from '../plan/plan-changes';

/** One change in words, for a line, a button or a sentence. */
export interface ChangeView {
  /** `At 128×128`, `ResNet-34`, `With TensorRT INT8`, `On Jetson Xavier NX`. */
  readonly what: string;
  /** `74.1 FPS`. */
  readonly throughput: string;
  /** What to know of it: `weights: torchvision`, `probably`; '' if nothing. */
  readonly note: string;
  /** What following it takes: a size, a board or a runtime to choose, or a model to create. */
  readonly change: Change;
}

/** Changes in words, and what to say where there are none. */
export interface ChangesView {
  readonly first: readonly ChangeView[];
  readonly more: readonly ChangeView[];
  /** Said where nothing was found; null otherwise. */
  readonly none: string | null;
}

/** Puts changes into words. */
export function changesView({ targetFps, first, more }: Changes): ChangesView {
  const none =
    first.length + more.length > 0
      ? null
      : t(
          'No smaller input, published network, runtime or other board is predicted to meet {0}.',
          formatTarget(targetFps),
        );
  return { first: first.map(changeView), more: more.map(changeView), none };
}

/** The first changes in one sentence: `It meets 60 FPS at 128×128 (74.1 FPS), as ResNet-18 (85.2 FPS)`. */
export function changesSentence(changes: Changes): string {
  const { first, none } = changesView(changes);
  if (none !== null) return none;
  const list = first.map(({ what, throughput, change }) => {
    const way = change.kind === 'member' ? t('as {0}', what) : what.charAt(0).toLowerCase() + what.slice(1);
    return `${way} (${throughput})`;
  });
  return t('It meets {0} {1}.', formatTarget(changes.targetFps), list.join(', '));
}

function changeView(change: Change): ChangeView {
  const { estimate, isSure } = change;
  const note = [noteOf(change), isSure ? '' : t('probably')].filter((part) => part !== '').join(', ');
  return { what: whatOf(change), throughput: formatThroughput(estimate.throughputFps, estimate.batch), note, change };
}

function whatOf(change: Change): string {
  switch (change.kind) {
    case 'resolution':
      return t('At {0}', imageSize(change.size.height, change.size.width));
    case 'member':
      return change.member.name;
    case 'unpublished':
      return change.label;
    case 'runtime':
      return t('With {0}', runtimeName(change.estimate.runtime));
    case 'board': {
      const name = deviceName(change.estimate.device);
      return change.powerMode === null ? t('On {0}', name) : t('On {0} in {1}', name, change.powerMode);
    }
  }
}

function noteOf(change: Change): string {
  if (change.kind === 'member') return t('weights from {0}', change.member.weights);
  if (change.kind === 'unpublished') return t('no published weights');
  if (change.kind !== 'runtime') return '';
  if (change.obstacle !== null) return t('not as exported');
  return change.estimate.runtime === 'tensorrt-int8' ? t('check its accuracy') : '';
}
