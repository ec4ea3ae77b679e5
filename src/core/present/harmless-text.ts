/** Characters that reorder text, so that it reads as something else: marks, embeddings, overrides and isolates. */
const reordering = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text from outside, such as a board's messages or the name of a file, as it may be shown: line ends are `\n` alone (a
 * carriage return that writes over its line starts a new one), and characters that would steer a terminal or turn text
 * around stand as visible signs: ESC as `␛`, others below U+0020 as their picture, the rest as `�`. Nothing is left out,
 * so that a log still says what was sent.
 */
export function harmlessText(text: string): string {
  return (
    text
      .replace(/\r+\n|\r/g, '\n')
      // eslint-disable-next-line no-control-regex -- these are the characters that it is about
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, (character) =>
        String.fromCharCode(0x2400 + character.charCodeAt(0)),
      )
      .replaceAll('\u007f', '␡')
      .replace(/[\u0080-\u009f]/g, '\ufffd')
      .replace(reordering, '\ufffd')
  );
}
