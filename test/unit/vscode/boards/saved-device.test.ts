import { expect, it } from 'vitest';
import { destinationText, freeDeviceName, parseSavedDevices } from '../../../../src/vscode/boards/saved-device';

it('reads devices as users write them', () => {
  const { devices, problems } = parseSavedDevices([
    { name: ' nano ', host: '192.168.55.1', user: 'nvidia' },
    { name: 'xavier', host: 'xavier', port: 2222 },
  ]);
  expect(devices).toEqual([
    { name: 'nano', host: '192.168.55.1', user: 'nvidia' },
    { name: 'xavier', host: 'xavier', port: 2222 },
  ]);
  expect(problems).toEqual([]);
});

it('leaves out what is broken, and says which entry and why', () => {
  const { devices, problems } = parseSavedDevices([
    { host: 'no-name' },
    { name: 'nano', host: 'a' },
    { name: 'nano', host: 'b' },
    { name: 'odd', host: 'c', port: 70_000 },
    'text',
  ]);
  expect(devices).toEqual([{ name: 'nano', host: 'a' }]);
  expect(problems.map((problem) => problem.slice(0, 7))).toEqual(['Entry 1', 'Entry 3', 'Entry 4', 'Entry 5']);
  expect(problems[2]).toContain('port');
  expect(parseSavedDevices({}).problems).toHaveLength(1);
  expect(parseSavedDevices(undefined)).toEqual({ devices: [], problems: [] });
});

it.each([
  [{ name: 'n', host: 'nano' }, 'nano'],
  [{ name: 'n', host: 'nano', user: 'me', port: 2222 }, 'me@nano:2222'],
  [{ name: 'n', host: 'fe80::1', user: 'me' }, 'me@fe80::1'],
  [{ name: 'n', host: 'fe80::1', port: 22 }, '[fe80::1]:22'],
])('writes %o as a destination', (device, text) => {
  expect(destinationText(device)).toBe(text);
});

it('finds a name that is free', () => {
  expect(freeDeviceName('nano', ['nano', 'nano 2'])).toBe('nano 3');
  expect(freeDeviceName(' ', [])).toBe('jetson');
});
