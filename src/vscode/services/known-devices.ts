import { bundledLandmarks } from '../../core/landmarks/campaigns';
import { deviceIds, deviceName } from '../../core/landmarks/devices';
import { defaultRuntime, runtimeName, runtimes, type Landmark, type Runtime } from '../../core/landmarks/landmark';
import type { Choice, DeviceOption } from '../../protocol/page';

/** What is known to be measured: settings are read in many places, and all must know the user's own devices. */
let measured = measuredPlaces(bundledLandmarks);

/** Offers the devices and runtimes of these landmarks from now on. */
export function setKnownDevices(landmarks: readonly Landmark[]): void {
  measured = measuredPlaces(landmarks);
}

interface MeasuredPlaces {
  readonly devices: readonly string[];
  readonly runtimes: ReadonlyMap<string, ReadonlySet<Runtime>>;
}

function measuredPlaces(landmarks: readonly Landmark[]): MeasuredPlaces {
  const byDevice = new Map<string, Set<Runtime>>();
  for (const { device, runtime } of landmarks) {
    byDevice.set(device, (byDevice.get(device) ?? new Set<Runtime>()).add(runtime));
  }
  return { devices: deviceIds(landmarks), runtimes: byDevice };
}

/**
 * Every device with the runtimes that have been measured on it, and the current choice even where nobody has. A device
 * that nobody has measured is offered with the runtime that would be measured first.
 */
export function deviceOptions(current: Choice): readonly DeviceOption[] {
  return measured.devices.map((id) => {
    const isMeasured = (runtime: Runtime): boolean => measured.runtimes.get(id)?.has(runtime) ?? false;
    const isUnmeasured = !runtimes.some(isMeasured);
    const offered = runtimes.filter(
      (runtime) =>
        isMeasured(runtime) ||
        (isUnmeasured && runtime === defaultRuntime) ||
        (current.device === id && current.runtime === runtime),
    );
    return {
      id,
      name: deviceName(id),
      hasLandmarks: !isUnmeasured,
      runtimes: offered.map((runtime) => ({ id: runtime, name: runtimeName(runtime) })),
    };
  });
}

/** Whether a device is one that can be asked for. */
export function isKnownDevice(id: string): boolean {
  return measured.devices.includes(id);
}

/** Ids of the devices that can be asked for. */
export function knownDeviceIds(): readonly string[] {
  return measured.devices;
}
