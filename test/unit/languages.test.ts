import { afterEach, describe, expect, it } from 'vitest';
import manifest from '../../package.json';
import bundle from '../../l10n/bundle.l10n.de.json';
import german from '../../package.nls.de.json';
import english from '../../package.nls.json';
import { formatExactCount, formatFps, formatLatency } from '../../src/core/figures';
import { setLanguage, t } from '../../src/core/language';
import { messageKey } from '../../src/core/message-key';
import { sourceFiles, userTexts, type UserText } from './user-texts';

/** Paths and values of all texts in some JSON. */
function textsIn(value: unknown, path = ''): [path: string, text: string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, `${path}/${key}`));
}

/** What a translation must not change: commands, settings, files and code. */
const kept = (text: string): string[] => (text.match(/\(command:[\w.]+\)|`[^`]*`|\d+ \w*B\b|\n/g) ?? []).sort();

describe('package.json', () => {
  it('has every text for people in package.nls.json, and none there that it does not use', () => {
    const used = textsIn(manifest).flatMap(([, text]) => /^%(.+)%$/.exec(text)?.[1] ?? []);
    expect([...new Set(used)].sort()).toEqual(Object.keys(english).sort());
    const forPeople =
      /\/(title|contents|altText|contextualTitle|displayName|userDescription|enumDescriptions\/\d+|(markdownD|d)escription|views\/.*\/name)$/;
    const outside = textsIn(manifest).filter(
      ([path, text]) =>
        // The words of tools are for language models.
        forPeople.test(path) && !path.includes('/inputSchema/') && !text.startsWith('%') && text !== 'Framecast',
    );
    expect(outside).toEqual([]);
  });

  it('has them in German, with the same commands, settings and code', () => {
    expect(Object.keys(german)).toEqual(Object.keys(english));
    for (const [key, text] of Object.entries(english)) {
      expect([key, kept(german[key as keyof typeof german])]).toEqual([key, kept(text)]);
    }
  });
});

const texts = sourceFiles(['src', 'webview-ui']).map((file) => ({
  file,
  ...userTexts(file),
}));
/** What reads like a sentence and is the same in every language: where, what, and why. */
const exceptions: readonly (readonly [file: RegExp, text: RegExp, reason: string])[] = [
  [/^src\/(assistants\/|vscode\/assistants\/tool-host)/, /./, 'assistants are answered in English'],
  [
    /^src\/cli(\.ts|\/)/,
    /./,
    'the command line is English, as its options are: it writes into logs, scripts and build servers',
  ],
  [/^src\/jetson\/(connection\/command|job\/board-runner|upload\/board-files)/, /[$|]|\d \d/, 'shell scripts'],
  [/^src\/jetson\/runner\/join-modules/, /^#!/, 'a Python program'],
  [/^src\/core\/report\/report-html/, /^\n:root/, 'a style sheet'],
  [/^src\/core\/landmarks\/device-identification/, /^NVIDIA /, 'what boards call themselves'],
  [
    /^src\/core\/profile\/families/,
    /^(?!.*(?<![\p{L}\d-])(?!(?:and|back|backbone|blocks|bottleneck|box|cameras|channels|conv|custom|deep|for|groups|grouped|growth|landmarks|modules|of|optional|or|reduced|split|squeeze-and-excitation|stem|tail|towers|two|width|with|without|x)(?![\p{L}\d-]))\p{Ll})/su,
    'names of networks, by which landmarks and tables for programs have them',
  ],
  [/^src\/core\/onnx\/sniff-binary/, /^SQLite format 3/, 'what a file begins with'],
  [/^src\/core\/zoo/, /^(ArcFace ResNet|MobileNetV\d width|ShuffleNetV2 x)/, 'names of networks'],
  [
    /^src\/jetson\/benchmark\/plan-job/,
    /^… \(own board\)$/,
    'the name of a campaign, by which landmarks are told apart',
  ],
];
const messages = [...new Set(texts.flatMap((each) => each.messages.map(({ text }) => text)))].sort();
const places = (text: string): string[] => (text.match(/\{\d/g) ?? []).sort();

describe('the sentences of the code', () => {
  it('are all in the English bundle, which `vitest -u` writes', async () => {
    const all = Object.fromEntries(messages.map((message) => [message, message]));
    await expect(`${JSON.stringify(all, null, 2)}\n`).toMatchFileSnapshot('../../l10n/bundle.l10n.json');
  });

  it('are all in the German bundle, with the same values, and nothing else is', () => {
    expect(Object.keys(bundle).sort()).toEqual(messages);
    expect(new Set(messages.map(messageKey)).size).toBe(messages.length);
    for (const [message, text] of Object.entries(bundle)) {
      expect([message, [...new Set(places(text))]]).toEqual([message, [...new Set(places(message))]]);
      if (message.includes(', plural,')) expect(text).toMatch(/, plural, one \{[^{}]*\} other \{[^{}]*\}\}/);
    }
  });

  it('can be looked up: they are literals, and asked for when the language is known', () => {
    expect(texts.flatMap(({ misused }) => misused)).toEqual([]);
  });

  it('are all looked up', () => {
    const outside = texts.flatMap((each) => each.outside);
    const excepted = ({ file, text }: UserText) =>
      exceptions.filter(([where, what]) => where.test(file) && what.test(text));
    expect(outside.filter((each) => excepted(each).length === 0)).toEqual([]);
    // None is left that nothing needs any more.
    expect(exceptions.filter((exception) => !outside.some((each) => excepted(each).includes(exception)))).toEqual([]);
  });
});

describe('a language', () => {
  afterEach(() => setLanguage(null));

  it('has its own sentences, plural forms and decimal mark, and English for what it lacks', () => {
    const many = '{0, plural, one {# model} other {# models}} of {1}';
    expect([t(many, 1, 'A'), t(many, 0, '{0}')]).toEqual(['1 model of A', '0 models of {0}']);
    setLanguage({
      locale: 'pl',
      messages: {
        [messageKey(many)]: '{1}: {0, plural, one {# model} few {# modele} many {# modeli} other {# modelu}}',
      },
    });
    expect([1, 3, 5].map((count) => t(many, count, 'A'))).toEqual(['A: 1 model', 'A: 3 modele', 'A: 5 modeli']);
    expect(t('Not there: {0}', 'x')).toBe('Not there: x');
    expect([formatFps(86.4), formatExactCount(11_689_512), formatLatency(0.05)]).toEqual([
      '86,4',
      '11 689 512'.replaceAll(' ', '\u00a0'),
      '0,050 ms',
    ]);
    setLanguage(null);
    expect([formatFps(86.4), formatExactCount(11_689_512)]).toEqual(['86.4', '11,689,512']);
  });
});
