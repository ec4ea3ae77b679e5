/** Items in a row that belong together: each continues the run before it or begins another one. */
export function runsOf<T>(
  items: readonly T[],
  continues: (run: readonly [T, ...T[]], item: T) => boolean,
): readonly (readonly [T, ...T[]])[] {
  const runs: [T, ...T[]][] = [];
  for (const item of items) {
    const run = runs.at(-1);
    if (run !== undefined && continues(run, item)) run.push(item);
    else runs.push([item]);
  }
  return runs;
}
