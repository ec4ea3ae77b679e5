import { t } from '../../core/language';
import os from 'node:os';
import path from 'node:path';
import { failure, success, type Result } from '../../core/result';
import { evaluateSshConfig, type HostOptions } from './host-options';
import { parseDestinationText, parsePort, type DestinationText } from './destination-text';
import { expandHome, readSshConfig, type ConfigEntry } from './ssh-config-file';
import { expandTokens, type Tokens } from './config-tokens';

/** A host, how to reach it and how to prove who is who: what `ssh -G` would say, as far as Framecast needs it. */
export interface Destination {
  /** As the user wrote it, for display. */
  readonly alias: string;
  /** The name or address to connect to (HostName). */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Absolute paths of private keys, in the order to try. */
  readonly identityFiles: readonly string[];
  /** Whether the configuration names these files; otherwise they are OpenSSH's defaults, most of which are missing. */
  readonly identityFilesConfigured: boolean;
  /** Path of the agent's socket; null if there is none or it must not be asked. */
  readonly identityAgent: string | null;
  /** Only keys of `identityFiles` may be offered, also from the agent. */
  readonly identitiesOnly: boolean;
  /** The hosts to pass through, from this machine on; theirs are empty. */
  readonly proxyJump: readonly Destination[];
  /** Empty if the configuration says `none`. New keys go into the first. */
  readonly userKnownHostsFiles: readonly string[];
  readonly globalKnownHostsFiles: readonly string[];
  /** `yes`: a key that is not known yet is refused. `no` and `accept-new` count as `ask`: no key is accepted unseen. */
  readonly strictHostKeyChecking: 'ask' | 'yes';
  /** The name under which known_hosts has the host, instead of its own. */
  readonly hostKeyAlias: string | null;
  /** New entries of known_hosts hide the host's name. */
  readonly hashKnownHosts: boolean;
  /** 0: asked for by nobody; a session watches its link all the same. */
  readonly serverAliveIntervalSeconds: number;
  readonly serverAliveCountMax: number;
  /** Null: the default of this program. */
  readonly connectTimeoutSeconds: number | null;
  readonly addressFamily: 'any' | 'inet' | 'inet6';
  /** Where the configuration asks for algorithms with SHA-1, which OpenSSH no longer offers by itself. */
  readonly sha1: {
    readonly hostKeys: boolean;
    readonly userKeys: boolean;
    readonly keyExchange: boolean;
    readonly macs: boolean;
  };
  /** Methods that the configuration rules out. */
  readonly refusedMethods: readonly ('publickey' | 'password' | 'keyboard-interactive')[];
  /** Sentences about options of the configuration that Framecast leaves out of account. */
  readonly notes: readonly string[];
}

export interface DestinationOptions {
  /** Read instead of ~/.ssh/config and the system's file, as `ssh -F`. */
  readonly configFile?: string;
  readonly home?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The system whose paths and SSH agents count; default: this one. */
  readonly platform?: NodeJS.Platform;
}

/**
 * Finds out what a destination is: an alias of ~/.ssh/config, `user@host[:port]` or `ssh://user@host[:port]`.
 * ssh_config(5) says what the options mean; the user's file comes before the system's, and the first value counts.
 *
 * Failure codes: invalid-request (not a destination; an option that Framecast does not support and that would change
 * the way to the host), unreadable (the configuration).
 */
export async function resolveDestination(text: string, options: DestinationOptions = {}): Promise<Result<Destination>> {
  const parsed = parseDestinationText(text);
  if (!parsed.ok) return parsed;
  const surroundings = surroundingsOf(options);
  const config = await readConfiguration(options, surroundings);
  if (!config.ok) return config;
  return resolveWithJumps(parsed.value, text.trim(), { config: config.value, surroundings, chain: [] });
}

/** The hosts that ~/.ssh/config names without wildcards, in its order. A configuration that cannot be read has none. */
export async function listConfiguredHosts(options: DestinationOptions = {}): Promise<string[]> {
  const surroundings = surroundingsOf(options);
  const config = await readSshConfig(userConfigFile(options, surroundings), userContext(surroundings));
  const hosts = new Set<string>();
  const collect = (entries: readonly ConfigEntry[]): void => {
    for (const entry of entries) {
      if (entry.kind !== 'block') continue;
      if (entry.name === 'host') {
        for (const word of entry.words) if (!/[*?!]/.test(word) && parseDestinationText(word).ok) hosts.add(word);
      }
      collect(entry.content);
    }
  };
  if (config.ok) collect(config.value);
  return [...hosts];
}

/** How a user would write it: `user@host`, with the port if it is not 22. */
export function describeDestination({ user, host, port }: Pick<Destination, 'user' | 'host' | 'port'>): string {
  const shown = host.includes(':') && port !== 22 ? `[${host}]` : host;
  return `${user}@${shown}${port === 22 ? '' : `:${port}`}`;
}

interface Surroundings {
  readonly home: string;
  readonly localUser: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly isWindows: boolean;
  /** Paths as that system writes them. */
  readonly paths: path.PlatformPath;
}

function surroundingsOf({
  home,
  environment = process.env,
  platform = process.platform,
}: DestinationOptions): Surroundings {
  let localUser = environment['USER'] ?? environment['USERNAME'] ?? '';
  try {
    localUser = os.userInfo().username;
  } catch {
    // A user without an entry in the user database, as in some containers; the variables have to do.
  }
  const isWindows = platform === 'win32';
  return { home: home ?? os.homedir(), localUser, environment, isWindows, paths: isWindows ? path.win32 : path.posix };
}

function userConfigFile({ configFile }: DestinationOptions, { home }: Surroundings): string {
  return configFile ?? path.join(home, '.ssh', 'config');
}

const userContext = ({ home }: Surroundings) => ({ home, includeFolder: path.join(home, '.ssh') });

async function readConfiguration(
  options: DestinationOptions,
  surroundings: Surroundings,
): Promise<Result<readonly ConfigEntry[]>> {
  const own = await readSshConfig(userConfigFile(options, surroundings), userContext(surroundings));
  if (!own.ok || options.configFile !== undefined) return own;
  const systemFolder = systemConfigFolder(surroundings);
  const system = await readSshConfig(path.join(systemFolder, 'ssh_config'), {
    home: surroundings.home,
    includeFolder: systemFolder,
  });
  // Without the system's file ssh would stop; a board can be reached without its advice.
  return success([...own.value, ...(system.ok ? system.value : [])]);
}

function systemConfigFolder({ environment, isWindows, paths }: Surroundings): string {
  return isWindows ? paths.join(environment['ProgramData'] ?? 'C:\\ProgramData', 'ssh') : '/etc/ssh';
}

interface Resolution {
  readonly config: readonly ConfigEntry[];
  readonly surroundings: Surroundings;
  /** What led here, to find loops. */
  readonly chain: readonly string[];
}

async function resolveWithJumps(
  wanted: DestinationText,
  alias: string,
  resolution: Resolution,
): Promise<Result<Destination>> {
  const { config, surroundings, chain } = resolution;
  const options = evaluateSshConfig(config, { ...wanted, localUser: surroundings.localUser });
  if (!options.ok) return options;
  const resolved = destinationOf(wanted, alias, options.value, surroundings);
  if (!resolved.ok) return resolved;
  const own = resolved.value;
  const address = describeDestination(own);
  if (chain.includes(address)) {
    return failure(
      'invalid-request',
      t('The ProxyJump of {0} leads back to {1}. Correct ~/.ssh/config, so that the jumps end.', chain[0]!, address),
    );
  }
  const jump = options.value.first('proxyjump');
  if (jump === null || jump.toLowerCase() === 'none') return success(own);

  const hops: Destination[] = [];
  const names = jump.split(',').map((name) => name.trim());
  for (const [index, name] of names.entries()) {
    const parsed = parseDestinationText(name);
    if (!parsed.ok) {
      return failure(
        'invalid-request',
        t('The ProxyJump of {0} is {1}. {2}', alias, JSON.stringify(jump), parsed.error.message),
      );
    }
    const hop = await resolveWithJumps(parsed.value, name, { ...resolution, chain: [...chain, address] });
    if (!hop.ok) return hop;
    // Only the first hop is reached by its own jumps; for the others the hop before is the way.
    hops.push(...(index === 0 ? hop.value.proxyJump : []), { ...hop.value, proxyJump: [] });
  }
  return success({ ...own, proxyJump: hops });
}

function destinationOf(
  wanted: DestinationText,
  alias: string,
  options: HostOptions,
  surroundings: Surroundings,
): Result<Destination> {
  const { home, localUser, environment, paths } = surroundings;
  const user = wanted.user ?? options.first('user') ?? localUser;
  const portText = options.first('port');
  const configuredPort = portText === null ? 22 : parsePort(portText);
  if (wanted.port === null && configuredPort === null) {
    return failure(
      'invalid-request',
      t('The Port of {0} in ~/.ssh/config is {1}. Write a number from 1 to 65535 there.', alias, portText!),
    );
  }
  const port = wanted.port ?? configuredPort ?? 22;
  const hostNameText = options.first('hostname') ?? '%h';
  const host = expandTokens(hostNameText, { h: wanted.host }).toLowerCase();
  const hostKeyAlias = options.first('hostkeyalias');
  const tokens: Tokens = {
    d: home,
    h: host,
    n: wanted.host,
    p: String(port),
    r: user,
    u: localUser,
    i: String(process.getuid?.() ?? 0),
    L: os.hostname().split('.')[0] ?? '',
    l: os.hostname(),
    j: options.first('proxyjump') ?? '',
    k: hostKeyAlias ?? wanted.host,
  };
  const absolutePath = (text: string): string =>
    paths.resolve(expandHome(expandTokens(text, tokens, environment), home));
  const files = (name: string, defaults: readonly string[]): string[] => {
    const words = options.words(name) ?? defaults;
    return words.some((word) => word.toLowerCase() === 'none') ? [] : words.map(absolutePath);
  };
  const identityFiles = options.all('identityfile').filter((file) => file.toLowerCase() !== 'none');
  const ssh = (name: string): string => paths.join(home, '.ssh', name);
  const system = (name: string): string => paths.join(systemConfigFolder(surroundings), name);
  const refused = (['publickey', 'password', 'keyboard-interactive'] as const).filter((method) =>
    options.refuses(method),
  );
  return success({
    alias,
    host,
    port,
    user,
    proxyJump: [],
    hostKeyAlias,
    identityFiles:
      identityFiles.length > 0
        ? [...new Set(identityFiles.map(absolutePath))]
        : options.all('identityfile').length > 0
          ? []
          : ['id_ed25519', 'id_ecdsa', 'id_rsa'].map(ssh),
    identityFilesConfigured: identityFiles.length > 0,
    identityAgent: agentOf(options.first('identityagent'), absolutePath, surroundings),
    identitiesOnly: options.flag('identitiesonly'),
    userKnownHostsFiles: files('userknownhostsfile', [ssh('known_hosts'), ssh('known_hosts2')]),
    globalKnownHostsFiles: files('globalknownhostsfile', [system('ssh_known_hosts'), system('ssh_known_hosts2')]),
    strictHostKeyChecking: options.first('stricthostkeychecking')?.toLowerCase() === 'yes' ? 'yes' : 'ask',
    hashKnownHosts: options.flag('hashknownhosts'),
    serverAliveIntervalSeconds: options.seconds('serveraliveinterval') ?? 0,
    serverAliveCountMax: options.seconds('serveralivecountmax') ?? 3,
    connectTimeoutSeconds: options.seconds('connecttimeout') || null,
    addressFamily: familyOf(options.first('addressfamily')),
    sha1: {
      hostKeys: options.offers('hostkeyalgorithms', 'ssh-rsa'),
      userKeys:
        options.offers('pubkeyacceptedalgorithms', 'ssh-rsa') || options.offers('pubkeyacceptedkeytypes', 'ssh-rsa'),
      keyExchange: options.offers('kexalgorithms', 'diffie-hellman-group14-sha1'),
      macs: options.offers('macs', 'hmac-sha1'),
    },
    refusedMethods: refused,
    notes: options.notes,
  });
}

/** Windows has no variable for its agents: OpenSSH's own pipe is always at the same place. */
export const windowsAgentPipe = '\\\\.\\pipe\\openssh-ssh-agent';

function agentOf(
  configured: string | null,
  absolutePath: (text: string) => string,
  { environment, isWindows }: Surroundings,
): string | null {
  if (configured?.toLowerCase() === 'none') return null;
  const variable =
    configured === null || configured === 'SSH_AUTH_SOCK' ? 'SSH_AUTH_SOCK' : /^\$(\w+)$/.exec(configured)?.[1];
  if (variable !== undefined) {
    return environment[variable] || (configured === null && isWindows ? windowsAgentPipe : null);
  }
  return configured === null || configured.startsWith('\\\\') ? configured : absolutePath(configured);
}

function familyOf(text: string | null): Destination['addressFamily'] {
  const family = text?.toLowerCase();
  return family === 'inet' || family === 'inet6' ? family : 'any';
}
