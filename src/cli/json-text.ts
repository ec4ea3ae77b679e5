/**
 * JSON for standard output, which may be a terminal: characters that steer one or turn text around, and that JSON leaves
 * as they are, are written as `\u` escapes. It reads back as the same value.
 */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
