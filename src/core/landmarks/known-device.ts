import { findDevice, specifiedDevices, standInDevice } from './devices';
import { t } from '../language';

/**
 * What to say of a device that Framecast has no specification of, which may be a misspelt one; null for one that it
 * knows, that a board has given itself when it was measured, or that landmarks have named before.
 */
export function unknownDeviceRemark(device: string, named: ReadonlySet<string>): string | null {
  if (findDevice(device) !== undefined || named.has(device)) return null;
  if (device === standInDevice || device.startsWith('board-')) return null;
  const known = specifiedDevices()
    .map(({ id }) => id)
    .join(', ');
  return t(
    'Device "{0}" is not one that Framecast knows, so it is a board of its own, whose figures nothing can be checked against. Known are {1}.',
    device,
    known,
  );
}
