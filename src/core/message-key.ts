/**
 * What a sentence is called in the catalogues of a build, in the place of its English, which the code has already: 24 bits
 * (FNV-1a), five characters at most. A test holds that no two sentences have the same.
 */
export function messageKey(message: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < message.length; at++) hash = Math.imul(hash ^ message.charCodeAt(at), 0x01000193);
  return (hash >>> 8).toString(36);
}
