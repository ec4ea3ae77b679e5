/**
 * Characters that make text read as something else: marks, embeddings, overrides and isolates that reorder it, line
 * separators, and what takes no room. Joiners stay, as scripts and emoji need them.
 */
const misleading = /[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/**
 * Text from outside, such as a board's messages or a name in a model, as any surface may show it: line ends are `\n`
 * alone (a carriage return that writes over its line starts a new one), and characters that would steer a terminal or
 * turn text around stand as visible signs: ESC as `␛`, others below U+0020 as their picture, the rest as `�`. Nothing is
 * left out, so that a log still says what was sent.
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
      .replace(misleading, '\ufffd')
      // Halves of characters, which a name that is cut or damaged can have, are none in UTF-8 or JSON.
      .replace(/\p{Surrogate}/gu, '\ufffd')
  );
}
