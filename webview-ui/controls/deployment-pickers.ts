import { html, nothing, type TemplateResult } from 'lit-html';
import type { Choice, DeviceOption } from '../../src/protocol/page';
import { t } from '../../src/core/language';

interface Named<Id> {
  readonly id: Id;
  readonly name: string;
  readonly isSupported?: boolean;
}

type Choose = (choice: Choice) => void;

/** Lists of devices, their power modes and runtimes. */
export function deploymentPickers(devices: readonly DeviceOption[], choice: Choice, choose: Choose): TemplateResult {
  const { runtimes = [] } = devices.find(({ id }) => id === choice.device) ?? {};
  return html`${boardPickers(devices, choice, choose)}
  ${picker(t('Runtime'), runtimes, choice.runtime, (runtime) => choose({ ...choice, runtime }))}`;
}

/** Lists of devices and their power modes alone. Choosing another device keeps the runtime if that device has it. */
export function boardPickers(devices: readonly DeviceOption[], choice: Choice, choose: Choose): TemplateResult {
  const { powerModes = [] } = devices.find(({ id }) => id === choice.device) ?? {};
  const chooseDevice = (device: string): void => {
    const offered = devices.find(({ id }) => id === device)?.runtimes.filter(({ isSupported }) => isSupported) ?? [];
    const runtime = offered.find(({ id }) => id === choice.runtime) ?? offered[0];
    if (runtime) choose({ device, runtime: runtime.id });
  };
  const [fastest] = powerModes;
  return html`${picker(t('Device'), devices, choice.device, chooseDevice)}
  ${
    fastest === undefined || powerModes.length < 2
      ? nothing
      : picker(t('Power mode'), powerModes, choice.powerMode ?? fastest.id, (powerMode) =>
          choose({ ...choice, powerMode }),
        )
  }`;
}

/** A list to choose from. */
export function picker<Id extends string>(
  label: string,
  options: readonly Named<Id>[],
  selected: Id,
  choose: (id: Id) => void,
): TemplateResult {
  const change = (event: Event): void => {
    const chosen = options[(event.target as HTMLSelectElement).selectedIndex];
    if (chosen) choose(chosen.id);
  };
  return html`<label class="picker">
    <span>${label}</span>
    <select @change=${change}>
      ${options.map(
        ({ id, name, isSupported = true }) =>
          html`<option value=${id} .selected=${id === selected} ?disabled=${!isSupported}>${name}</option>`,
      )}
    </select>
  </label>`;
}
