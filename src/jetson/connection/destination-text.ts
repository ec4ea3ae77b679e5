import { t } from '../../core/language';
import { failure, success, type Result } from '../../core/result';

/** A destination as the user wrote it, before the configuration is asked. */
export interface DestinationText {
  readonly user: string | null;
  /** A host name, an address without brackets, or an alias of the configuration. */
  readonly host: string;
  readonly port: number | null;
}

/**
 * Reads `host`, `user@host`, `user@host:port`, `[address]:port` and `ssh://user@host:port`. A bare IPv6 address has no
 * port. Failure code: invalid-request.
 */
export function parseDestinationText(text: string): Result<DestinationText> {
  const trimmed = text.trim();
  if (trimmed === '') return invalid(text, t('it is empty'));
  if (/\p{Cc}|\s/u.test(trimmed)) return invalid(text, t('it holds a space or a control character'));
  const isUrl = /^ssh:\/\//i.test(trimmed);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(trimmed)?.[1];
  if (scheme !== undefined && !isUrl) return invalid(text, t('{0}:// is no way to reach a shell', scheme));
  const rest = isUrl ? trimmed.slice('ssh://'.length).replace(/\/$/, '') : trimmed;
  if (isUrl && rest.includes('/')) return invalid(text, t('a path cannot follow the host'));
  // The last @, as user names may hold one (user@domain@host).
  const at = rest.lastIndexOf('@');
  const userPart = at < 0 ? null : rest.slice(0, at);
  const user = userPart === null ? null : isUrl ? decoded(userPart.replace(/;.*$/, '')) : userPart;
  if (user === '' || (user === null && userPart !== null))
    return invalid(text, t('there is no user name before the @'));
  if (user?.startsWith('-')) return invalid(text, t('a user name cannot begin with a dash'));
  if (isUrl && user?.includes(':')) {
    return invalid(text, t('a password cannot be part of it: leave it out, and it is asked for'));
  }
  const hostAndPort = splitPort(rest.slice(at + 1));
  if (hostAndPort === null) return invalid(text, t('the port must be a number from 1 to 65535'));
  if (hostAndPort.host === '') return invalid(text, t('there is no host'));
  if (hostAndPort.host.startsWith('-')) return invalid(text, t('a host cannot begin with a dash'));
  if (/[/\\'"`$;&|<>()[\]{}#]/.test(hostAndPort.host))
    return invalid(text, t('the host holds a character that no host has'));
  return success({ user, ...hostAndPort });
}

/** Null if it is not a port. */
export function parsePort(text: string): number | null {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65535 ? port : null;
}

function splitPort(text: string): { host: string; port: number | null } | null {
  const bracketed = /^\[([^[\]]*)\](?::(.*))?$/s.exec(text);
  const colons = text.split(':').length - 1;
  const [host, portText] = bracketed
    ? [bracketed[1] ?? '', bracketed[2]]
    : colons === 1
      ? [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)]
      : [text, undefined];
  if (portText === undefined) return { host, port: null };
  const port = parsePort(portText);
  return port === null ? null : { host, port };
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function invalid(text: string, why: string): Result<never> {
  const shown = JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
  return failure(
    'invalid-request',
    t('{0} is not a destination: {1}. Write user@host, user@host:port or a host of ~/.ssh/config.', shown, why),
  );
}
