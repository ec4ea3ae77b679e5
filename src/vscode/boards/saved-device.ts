import * as v from 'valibot';
import { t } from '../../core/language';

/** A board as the setting `framecast.devices` has it; nothing in it is secret. */
export interface SavedDevice {
  /** The user's name for it, unlike all others; becomes the campaign of its landmarks. */
  readonly name: string;
  /** A host from ~/.ssh/config, a host name or an address. */
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
}

const savedDeviceSchema = v.object({
  name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(100)),
  host: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(253)),
  user: v.optional(v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(100))),
  port: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65535))),
});

/** What the setting holds: the devices, and a sentence for every entry that is none. */
export interface SavedDevices {
  readonly devices: readonly SavedDevice[];
  readonly problems: readonly string[];
}

/** Reads the value of the setting, which a user may have written by hand. Of devices of one name the first counts. */
export function parseSavedDevices(value: unknown): SavedDevices {
  if (value === undefined || value === null) return { devices: [], problems: [] };
  if (!Array.isArray(value))
    return { devices: [], problems: [t('framecast.devices is not a list. Write [ … ] there.')] };
  const devices = new Map<string, SavedDevice>();
  const problems: string[] = [];
  value.forEach((entry: unknown, index) => {
    const parsed = v.safeParse(savedDeviceSchema, entry);
    if (!parsed.success) {
      const [issue] = parsed.issues;
      const where = v.getDotPath(issue);
      const reason = where === null ? issue.message : `${where}: ${issue.message}`;
      problems.push(t('Entry {0} of framecast.devices is ignored: {1}.', index + 1, reason));
    } else if (devices.has(parsed.output.name)) {
      const { name } = parsed.output;
      problems.push(
        t('Entry {0} of framecast.devices is ignored: another device above it has the name {1}.', index + 1, name),
      );
    } else {
      devices.set(parsed.output.name, parsed.output);
    }
  });
  return { devices: [...devices.values()], problems };
}

/** The device as `user@host:port`, as far as it says so; the rest comes from ~/.ssh/config. */
export function destinationText({ host, user, port }: SavedDevice): string {
  const bracketed = host.includes(':') && !host.startsWith('[') && port !== undefined ? `[${host}]` : host;
  return `${user === undefined ? '' : `${user}@`}${bracketed}${port === undefined ? '' : `:${port}`}`;
}

/** A name for a new device, unlike those that are taken: `nano`, `nano 2`, … */
export function freeDeviceName(wanted: string, taken: readonly string[]): string {
  const base = wanted.trim().slice(0, 90) || 'jetson';
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base} ${number}`;
    if (!taken.includes(name)) return name;
  }
}
