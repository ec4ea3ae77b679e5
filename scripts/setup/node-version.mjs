/** The oldest Node.js that the project runs on; `engines` in package.json says the same. */
const oldestMajor = 20;

/** Ends the process with a sentence when this Node.js is too old. Uses nothing that an old Node.js would not parse. */
export function requireSupportedNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= oldestMajor) return;
  console.error(
    `Framecast needs Node.js ${oldestMajor} or newer; this is ${process.version}. Install a newer one and run the command again.`,
  );
  process.exit(1);
}
