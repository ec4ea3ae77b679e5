import { html, type TemplateResult } from 'lit-html';
import type { Choice, DeviceOption } from '../../src/protocol/page';

interface Named<Id> {
  readonly id: Id;
  readonly name: string;
}

/** Lists of devices and runtimes. Choosing another device keeps the runtime if that device has it. */
export function placePickers(
  devices: readonly DeviceOption[],
  choice: Choice,
  choose: (choice: Choice) => void,
): TemplateResult {
  const runtimes = devices.find(({ id }) => id === choice.device)?.runtimes ?? [];
  const chooseDevice = (device: string): void => {
    const offered = devices.find(({ id }) => id === device)?.runtimes ?? [];
    const runtime = offered.find(({ id }) => id === choice.runtime) ?? offered[0];
    if (runtime) choose({ device, runtime: runtime.id });
  };
  const chooseRuntime = (runtime: Choice['runtime']): void => choose({ device: choice.device, runtime });
  const named = devices.map(({ id, name, hasLandmarks }) => ({
    id,
    name: hasLandmarks ? name : `${name} (not measured yet)`,
  }));
  return html`${picker('Device', named, choice.device, chooseDevice)}
  ${picker('Runtime', runtimes, choice.runtime, chooseRuntime)}`;
}

function picker<Id extends string>(
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
      ${options.map(({ id, name }) => html`<option value=${id} .selected=${id === selected}>${name}</option>`)}
    </select>
  </label>`;
}
