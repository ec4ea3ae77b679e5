/**
 * Whether a path names another machine or a device of Windows (`\\host\share`, `\\?\UNC\host`, `//host/share`): just
 * looking for such a file would sign in there with the user's account.
 */
export function isNetworkPath(file: string): boolean {
  return /^[\\/]{2}/.test(file);
}
