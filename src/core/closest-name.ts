/** Longer names are never typing errors of short ones, and comparing them would take long. */
const maxLength = 80;

/**
 * The known name that a mistyped one is closest to: one that it is part of, or at most a third of its letters away
 * (Levenshtein distance); null when none is that close.
 */
export function closestName(name: string, known: readonly string[]): string | null {
  const typed = name.toLowerCase();
  if (typed === '' || typed.length > maxLength) return null;
  let best: { readonly name: string; readonly distance: number } | null = null;
  for (const candidate of known) {
    if (candidate.length > maxLength) continue;
    const target = candidate.toLowerCase();
    const distance = target.includes(typed) && typed.length > 2 ? 0.5 : editDistance(typed, target);
    if (distance <= Math.max(1, target.length / 3) && distance < (best?.distance ?? Infinity)) {
      best = { name: candidate, distance };
    }
  }
  return best?.name ?? null;
}

function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const substitution = row[j - 1]! + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[other.length]!;
}
