import { t } from '../../core/language';
import { failure, success, type Result } from '../../core/result';
import { expandTokens } from './config-tokens';
import { matchesPatternList } from './host-patterns';
import type { ConfigBlock, ConfigEntry } from './ssh-config-file';

/** The options that a configuration has for one host. Names are in lower case. */
export interface HostOptions {
  /** The words of the first value; null if the option is not set. */
  words(name: string): readonly string[] | null;
  first(name: string): string | null;
  /** Of options that add up: all values, in order. */
  all(name: string): readonly string[];
  flag(name: string): boolean;
  /** Whether a list of algorithms (`+ssh-rsa`, `a,b`) names one, so that it is offered in addition to or instead of the usual ones. */
  offers(name: string, algorithm: string): boolean;
  /** A time as OpenSSH writes it (`90`, `1m30s`), in seconds; null if it is not set or no time. */
  seconds(name: string): number | null;
  refuses(method: 'publickey' | 'password' | 'keyboard-interactive'): boolean;
  readonly notes: readonly string[];
}

export interface HostInQuestion {
  readonly host: string;
  readonly user: string | null;
  readonly localUser: string;
}

/**
 * Goes through a configuration for one host as ssh does: the first value of an option counts, of IdentityFile all.
 *
 * Failure code: invalid-request, for an option without which the host is not reached or not reached safely, and which
 * Framecast does not support; it is named.
 */
export function evaluateSshConfig(config: readonly ConfigEntry[], question: HostInQuestion): Result<HostOptions> {
  const state: Evaluation = { question, values: new Map(), notes: new Set(), finalPass: false, wantsFinalPass: false };
  apply(config, state);
  if (state.wantsFinalPass) {
    state.finalPass = true;
    apply(config, state);
  }
  const unsupported = findUnsupported(state.values);
  return unsupported === null
    ? success(hostOptions(state))
    : failure('invalid-request', `For ${question.host}, ${unsupported}`);
}

interface Evaluation {
  readonly question: HostInQuestion;
  readonly values: Map<string, { words: readonly string[]; file: string }[]>;
  readonly notes: Set<string>;
  finalPass: boolean;
  wantsFinalPass: boolean;
}

function apply(entries: readonly ConfigEntry[], state: Evaluation): void {
  for (const entry of entries) {
    if (entry.kind === 'block') {
      const matches = entry.name === 'host' ? matchesHost(entry, state) : matchesCriteria(entry, state);
      if (matches) apply(entry.content, state);
      continue;
    }
    // Of ProxyCommand and ProxyJump the first one counts, whichever it is.
    const rival = { proxycommand: 'proxyjump', proxyjump: 'proxycommand' }[entry.name];
    if (rival !== undefined && state.values.has(rival)) continue;
    const values = state.values.get(entry.name) ?? [];
    const repeats = values.some(({ words }) => words.join(' ') === entry.words.join(' '));
    if (!repeats) state.values.set(entry.name, [...values, { words: entry.words, file: entry.file }]);
  }
}

/** In the last pass, `Host` is compared with the name that was found in the first. */
function matchesHost({ words }: ConfigBlock, state: Evaluation): boolean {
  return matchesPatternList(words, state.finalPass ? hostName(state) : state.question.host);
}

function hostName({ values, question }: Evaluation): string {
  return expandTokens(values.get('hostname')?.[0]?.words[0] ?? '%h', { h: question.host });
}

function matchesCriteria({ words, file }: ConfigBlock, state: Evaluation): boolean {
  const { question, values } = state;
  const subjects = new Map([
    ['host', () => hostName(state)],
    ['originalhost', () => question.host],
    ['user', () => question.user ?? values.get('user')?.[0]?.words[0] ?? question.localUser],
    ['localuser', () => question.localUser],
  ]);
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    const negated = word.startsWith('!');
    const criterion = (negated ? word.slice(1) : word).toLowerCase();
    let holds: boolean;
    if (criterion === 'all') holds = true;
    else if (criterion === 'final') {
      state.wantsFinalPass = true;
      holds = state.finalPass;
    } else if (criterion === 'canonical') {
      holds = state.finalPass;
    } else {
      const subject = subjects.get(criterion);
      const patterns = words[++index];
      if (subject === undefined || patterns === undefined) {
        state.notes.add(
          t('“Match {0}” in {1} is left out: Framecast does not know {2}.', words.join(' '), file, criterion),
        );
        return false;
      }
      holds = matchesPatternList(patterns.split(','), subject());
    }
    if (holds === negated) return false;
  }
  return true;
}

/** What cannot be left out in silence: the way to the host, and keys that must not be trusted. */
function findUnsupported(values: Evaluation['values']): string | null {
  const option = (name: string) => values.get(name)?.[0] ?? null;
  const isSet = (name: string): boolean => {
    const text = option(name)?.words.join(' ').toLowerCase() ?? 'none';
    return text !== 'none' && text !== 'no';
  };
  if (isSet('proxycommand')) {
    return t(
      '{0} sets ProxyCommand, which Framecast does not support. Use ProxyJump, or give the board an address that is reached directly.',
      option('proxycommand')?.file ?? '',
    );
  }
  if (isSet('revokedhostkeys')) {
    return t(
      '{0} sets RevokedHostKeys, which Framecast does not support. Put the revoked keys into known_hosts, as @revoked.',
      option('revokedhostkeys')?.file ?? '',
    );
  }
  if (isSet('knownhostscommand')) {
    return t(
      "{0} sets KnownHostsCommand, which Framecast does not support. Put the board's key into known_hosts.",
      option('knownhostscommand')?.file ?? '',
    );
  }
  return null;
}

function hostOptions({ values, notes }: Evaluation): HostOptions {
  const words = (name: string): readonly string[] | null => values.get(name)?.[0]?.words ?? null;
  const first = (name: string): string | null => words(name)?.join(' ') ?? null;
  const says = (name: string, value: string): boolean => first(name)?.toLowerCase() === value;
  const notesOnce = new Set(notes);
  for (const [name, spelling] of [
    ['certificatefile', 'CertificateFile'],
    ['pkcs11provider', 'PKCS11Provider'],
    ['securitykeyprovider', 'SecurityKeyProvider'],
    ['bindaddress', 'BindAddress'],
    ['bindinterface', 'BindInterface'],
  ] as const) {
    const value = first(name);
    if (value !== null && value.toLowerCase() !== 'none' && !(name === 'securitykeyprovider' && value === 'internal')) {
      notesOnce.add(
        t('{0} in {1} is ignored: Framecast does not support it.', spelling, values.get(name)?.[0]?.file ?? ''),
      );
    }
  }
  if (
    says('stricthostkeychecking', 'no') ||
    says('stricthostkeychecking', 'off') ||
    says('stricthostkeychecking', 'accept-new')
  ) {
    notesOnce.add(
      t(
        'StrictHostKeyChecking {0} is treated as “ask”: Framecast always asks before it accepts a new host key.',
        first('stricthostkeychecking') ?? '',
      ),
    );
  }
  return {
    words,
    first,
    all: (name) => (values.get(name) ?? []).map((value) => value.words.join(' ')),
    flag: (name) => ['yes', 'true'].includes(first(name)?.toLowerCase() ?? 'no'),
    offers: (name, algorithm) => {
      const list = first(name) ?? '';
      return !list.startsWith('-') && matchesPatternList(list.replace(/^[+^]/, '').split(','), algorithm);
    },
    seconds: (name) => parseSeconds(first(name)),
    refuses: (method) => {
      const preferred = first('preferredauthentications');
      if (preferred !== null && !preferred.split(',').includes(method)) return true;
      if (method === 'publickey') return says('pubkeyauthentication', 'no');
      if (method === 'password') return says('passwordauthentication', 'no');
      return says('kbdinteractiveauthentication', 'no') || says('challengeresponseauthentication', 'no');
    },
    notes: [...notesOnce],
  };
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

function parseSeconds(text: string | null): number | null {
  if (text === null || !/^(\d+[smhdw]?)+$/i.test(text)) return null;
  let total = 0;
  for (const [, digits, unit] of text.matchAll(/(\d+)([smhdw]?)/gi)) {
    total += Number(digits) * (unitSeconds[unit?.toLowerCase() || 's'] ?? 1);
  }
  return Math.min(total, 2 ** 31);
}
