import * as v from 'valibot';

/** What `vscode.SecretStorage` is needed for. */
export interface SecretPlace {
  get(key: string): Thenable<string | undefined>;
  store(key: string, value: string): Thenable<void>;
  delete(key: string): Thenable<void>;
}

/** Secrets by the fingerprint of the host key that they were given under. */
const entrySchema = v.record(v.string(), v.string());

/** Passwords and passphrases that are kept; each answers only hosts that show the key it was given under. */
export interface KeptSecrets {
  get(key: string, hostKey: string): Promise<string | undefined>;
  keep(key: string, hostKey: string, secret: string): Promise<void>;
  /** Deletes what is kept under one host key; without it, under all. */
  forget(key: string, hostKey?: string): Promise<void>;
}

export function keptSecrets(place: SecretPlace): KeptSecrets {
  const read = async (key: string): Promise<Map<string, string>> => {
    const text = await place.get(key);
    if (text === undefined) return new Map();
    try {
      return new Map(Object.entries(v.parse(entrySchema, JSON.parse(text))));
    } catch {
      // As earlier versions kept it: for whatever key the host shows.
      await place.delete(key);
      return new Map();
    }
  };
  const write = async (key: string, entry: ReadonlyMap<string, string>): Promise<void> => {
    if (entry.size === 0) await place.delete(key);
    else await place.store(key, JSON.stringify(Object.fromEntries(entry)));
  };
  return {
    get: async (key, hostKey) => (await read(key)).get(hostKey),
    keep: async (key, hostKey, secret) => write(key, (await read(key)).set(hostKey, secret)),
    forget: async (key, hostKey) => {
      const entry = hostKey === undefined ? new Map<string, string>() : await read(key);
      if (hostKey !== undefined) entry.delete(hostKey);
      await write(key, entry);
    },
  };
}
