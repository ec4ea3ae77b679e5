import { knownDevices, ownBoards } from './devices';

/** A board by its module's number; `models` are names that such a board gives itself. */
interface Identified {
  readonly id: string;
  readonly modules: readonly string[];
  readonly models: readonly string[];
}

/**
 * Modules that are known by number, and filed under ids of their own, whether or not `devices.json` has their
 * specification. Numbers: NVIDIA's Jetson Linux Developer Guide 32.4.3 to 39.2, and jetson_stats 7.2.0 for Thor.
 */
const modules: readonly Identified[] = [
  { id: 'jetson-agx-thor', modules: ['p3834-0008'], models: ['NVIDIA Jetson AGX Thor Developer Kit'] },
  { id: 'jetson-thor-t4000', modules: ['p3834-0000'], models: [] },
  { id: 'jetson-agx-orin-industrial', modules: ['p3701-0008'], models: [] },
  { id: 'jetson-agx-xavier-8gb', modules: ['p2888-0006'], models: [] },
  { id: 'jetson-agx-xavier-industrial', modules: ['p2888-0008'], models: [] },
  { id: 'jetson-agx-xavier-64gb', modules: ['p2888-0005'], models: [] },
  { id: 'jetson-xavier-nx-16gb', modules: ['p3668-0003'], models: [] },
  { id: 'jetson-tx2-4gb', modules: ['p3489-0888'], models: [] },
  { id: 'jetson-tx2i', modules: ['p3489-0000'], models: [] },
  { id: 'jetson-tx2-nx', modules: ['p3636-0001'], models: ['NVIDIA Jetson TX2 NX Developer Kit'] },
  { id: 'jetson-tx1', modules: ['p2180-1000'], models: [] },
];

const identified: readonly Identified[] = [
  ...knownDevices,
  ...modules.filter(({ id }) => knownDevices.every((device) => device.id !== id)),
];

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
 * name where the device tree has none, which may be that of a board of the user's own. A board that is not known gets an id made of its name,
 * which starts with `board-`, so that no known board can be meant by it. Null for a board that does not say what it is.
 *
 * Module numbers and names are those of NVIDIA's Jetson Linux Developer Guide (32.4.3 to 39.2).
 */
export function identifyDevice({ model, dtsFile, compatible }: BoardIdentity): string | null {
  const found = moduleNumbers([dtsFile ?? '', ...compatible].join(' '));
  const devices = identified.filter((device) => device.modules.some((number) => found.includes(number)));
  if (devices.length === 1) return devices[0]!.id;
  // A number of a known series that is no known member, such as an industrial module, must not go by its name.
  const isOtherMember = found.some((number) => identified.some((device) => device.modules.some(inSeries(number))));
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
  return [...identified, ...ownBoards()].find(({ models }) => models.some((each) => each.toLowerCase() === name));
}

function idOfName(model: string | null): string | null {
  const words = (model ?? '').toLowerCase().match(/[a-z0-9]+/g);
  return words === null ? null : `board-${words.join('-')}`.slice(0, 64);
}
