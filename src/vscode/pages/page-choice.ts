import type { Query } from '../../core/estimate/estimate';
import { sizeQuery } from '../../core/image-size';
import { namedMode } from '../../core/landmarks/devices';
import type { Choice, ShownChoice, Size } from '../../protocol/page';
import { deviceOptions, isKnownDevice } from '../services/known-devices';

/** The device, power mode and runtime that a page predicts for: the user's choice on the page, else what the settings say. */
export interface PageChoice {
  /** The settings apply while the chosen device is not known, e.g. before the user's landmarks have been read. */
  readonly current: Choice;
  /** For the message to the page. */
  readonly shown: ShownChoice;
  /** Ignores devices that are not known; choosing what the settings say follows them again. */
  choose(choice: Choice): void;
  /** The most recent choice wins: a changed setting overrides a choice made on the page. */
  settingsChanged(): void;
  /** A setting that names a device which has just become known has not been changed by the user. */
  devicesChanged(): void;
}

/**
 * @param kept what the page kept over a reload
 * @param settings reads the device and runtime that the settings name
 */
export function createPageChoice(kept: Choice | null, settings: () => Choice): PageChoice {
  let chosen = kept;
  let before = settings();
  const current = (): Choice => {
    const choice = chosen !== null && isKnownDevice(chosen.device) ? chosen : settings();
    const { device, runtime, powerMode } = choice;
    return { device, runtime, ...namedMode(device, powerMode) };
  };
  return {
    get current() {
      return current();
    },
    get shown() {
      const choice = current();
      return { choice, choiceIsDefault: isSame(choice, settings()), chosen, devices: deviceOptions(choice) };
    },
    choose: (choice) => {
      if (isKnownDevice(choice.device)) chosen = isSame(choice, settings()) ? null : choice;
    },
    settingsChanged: () => {
      const now = settings();
      if (!isSame(now, before) || (chosen !== null && isSame(now, chosen))) chosen = null;
      before = now;
    },
    devicesChanged: () => {
      before = settings();
    },
  };
}

function isSame(one: Choice, other: Choice): boolean {
  return one.device === other.device && one.runtime === other.runtime && one.powerMode === other.powerMode;
}

/** The query for a choice at the size that the page asks for. */
export function sizedQuery(choice: Choice, { image, batch }: Size): Query {
  return { ...choice, ...(image === null ? {} : sizeQuery(image)), batch: batch ?? undefined };
}
