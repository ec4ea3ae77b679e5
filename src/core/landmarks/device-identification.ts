import { knownDevices } from './devices';

/** What a board says of itself; null where it does not. */
export interface BoardIdentity {
  /** `/proc/device-tree/model`, e.g. `NVIDIA Jetson Nano Developer Kit`. */
  readonly model: string | null;
  /** `/proc/device-tree/nvidia,dtsfilename`, e.g. `…/tegra210-p3448-0000-p3449-0000-b00.dts`. */
  readonly dtsFile: string | null;
  /** `/proc/device-tree/compatible`, e.g. `nvidia,p3768-0000+p3767-0005`. */
  readonly compatible: readonly string[];
}

/**
 * Device id of a board: by the module numbers in its device tree, which tell boards apart that share a name; by its
 * name where the device tree has none. A board that Framecast has no specification of gets an id made of its name,
 * which starts with `board-`, so that no known board can be meant by it. Null for a board that does not say what it is.
 *
 * Module numbers and names are those of NVIDIA's Jetson Linux Developer Guide (32.4.3 to 36.4).
 */
export function identifyDevice({ model, dtsFile, compatible }: BoardIdentity): string | null {
  const found = moduleNumbers([dtsFile ?? '', ...compatible].join(' '));
  const devices = knownDevices.filter(({ modules }) => modules.some((number) => found.includes(number)));
  if (devices.length === 1) return devices[0]!.id;
  // A number of a known series that is no known member, such as an industrial module, must not go by its name.
  const isOtherMember = found.some((number) => knownDevices.some(({ modules }) => modules.some(inSeries(number))));
  const named = isOtherMember || model === null ? undefined : findByName(model);
  return named?.id ?? idOfName(model);
}

/** Numbers such as `p3767-0005`. A developer kit that plays another module names that one after `-as-`. */
function moduleNumbers(text: string): readonly string[] {
  const played = /-as-(p\d{4}-\d{4})/.exec(text)?.[1];
  return played === undefined ? (text.match(/p\d{4}-\d{4}(?!\d)/g) ?? []) : [played];
}

function inSeries(number: string): (other: string) => boolean {
  return (other) => other.slice(0, 'p0000'.length) === number.slice(0, 'p0000'.length);
}

function findByName(model: string) {
  const name = model.trim().toLowerCase();
  return knownDevices.find(({ models }) => models.some((each) => each.toLowerCase() === name));
}

function idOfName(model: string | null): string | null {
  const words = (model ?? '').toLowerCase().match(/[a-z0-9]+/g);
  return words === null ? null : `board-${words.join('-')}`.slice(0, 64);
}
