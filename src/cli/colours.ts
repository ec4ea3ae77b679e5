import pc from 'picocolors';

/**
 * Colours for standard output. picocolors itself takes any CI job for a terminal with colours, which would put escape
 * sequences into the files and pipes that a job writes to.
 */
export const colours = pc.createColors(wanted());

/** NO_COLOR wins over FORCE_COLOR, and both over what standard output is. */
function wanted(): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return true;
  // A pipe has no isTTY at all, and to createColors undefined means: decide yourself.
  return Boolean(process.stdout.isTTY) && TERM !== 'dumb';
}
