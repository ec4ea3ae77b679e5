import { bundledLandmarks } from '../../core/landmarks/campaigns';
import { deviceIds, deviceName, findDevice, modesOf, supportsRuntime } from '../../core/landmarks/devices';
import { runtimeName, runtimes, type Landmark, type Runtime } from '../../core/landmarks/landmark';
import type { Choice, DeviceOption, RuntimeOption } from '../../protocol/page';
import { t } from '../../core/language';

/** What can be predicted: settings are read in many places, and all must know the user's own devices. */
let known = knownDevicesOf(bundledLandmarks);

/** Offers the devices and runtimes of these landmarks, and all boards with a specification, from now on. */
export function setKnownDevices(landmarks: readonly Landmark[]): void {
  known = knownDevicesOf(landmarks);
}

interface KnownDevices {
  readonly devices: readonly string[];
  readonly measured: ReadonlyMap<string, ReadonlySet<Runtime>>;
}

function knownDevicesOf(landmarks: readonly Landmark[]): KnownDevices {
  const measured = new Map<string, Set<Runtime>>();
  for (const { device, runtime } of landmarks) {
    measured.set(device, (measured.get(device) ?? new Set<Runtime>()).add(runtime));
  }
  return { devices: deviceIds(landmarks), measured };
}

/**
 * Every device with its runtimes and power modes. A board with a specification has every runtime; of a device that only
 * landmarks name those that were measured, and the current choice.
 */
export function deviceOptions(current: Choice): readonly DeviceOption[] {
  return known.devices.map((id) => ({
    id,
    name: deviceName(id),
    runtimes: runtimes
      .filter((runtime) => {
        const isCurrent = current.device === id && current.runtime === runtime;
        return findDevice(id) !== undefined || known.measured.get(id)?.has(runtime) === true || isCurrent;
      })
      .map((runtime) => runtimeOption(id, runtime)),
    powerModes: modesOf(id).map(({ name, gpuMHz }) => ({ id: name, name: `${name} (${Math.round(gpuMHz)} MHz)` })),
  }));
}

function runtimeOption(device: string, id: Runtime): RuntimeOption {
  const isSupported = supportsRuntime(device, id);
  return { id, name: isSupported ? runtimeName(id) : t('{0} (not in this GPU)', runtimeName(id)), isSupported };
}

/** Whether a device is one that can be asked for. */
export function isKnownDevice(id: string): boolean {
  return known.devices.includes(id);
}

/** Ids of the devices that can be asked for. */
export function knownDeviceIds(): readonly string[] {
  return known.devices;
}

/** Whether anything was measured on a device, with whatever runtime. */
export function isMeasured(id: string): boolean {
  return known.measured.has(id);
}
