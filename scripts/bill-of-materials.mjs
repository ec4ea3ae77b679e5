import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup/paths.mjs';

/**
 * What npm knows of the packages that THIRD-PARTY-NOTICES.txt names, as CycloneDX.
 *
 * @param {string} seconds since 1970
 */
export function billOfMaterials(seconds) {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only'];
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd: root, encoding: 'utf8', maxBuffer: 1e8 });
  if (status !== 0) throw new Error(`npm sbom failed: ${stderr}`);
  const bill = JSON.parse(stdout);
  // A random number, which the same commit would not give again.
  delete bill.serialNumber;
  const notices = readFileSync(join(root, 'dist/THIRD-PARTY-NOTICES.txt'), 'utf8');
  const bundled = new Set(
    [...notices.matchAll(/^-{79}\n\n(\S+) (\S+) \(/gm)].map(([, name, version]) => `${name}@${version}`),
  );
  const components = bill.components.filter((/** @type {{ name: string, version: string }} */ each) =>
    bundled.has(`${each.name}@${each.version}`),
  );
  if (components.length !== bundled.size) throw new Error('package-lock.json lacks packages that are bundled.');
  const refs = new Set([...components, bill.metadata.component].map((each) => each['bom-ref']));
  const dependencies = bill.dependencies
    .filter((/** @type {{ ref: string }} */ { ref }) => refs.has(ref))
    .map((/** @type {{ ref: string, dependsOn: string[] }} */ { ref, dependsOn }) => ({
      ref,
      dependsOn: dependsOn.filter((each) => refs.has(each)),
    }));
  const metadata = { ...bill.metadata, timestamp: new Date(Number(seconds) * 1000).toISOString() };
  return `${JSON.stringify({ ...bill, metadata, components, dependencies }, null, 2)}\n`;
}
