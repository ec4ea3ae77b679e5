/**
 * Whether a pattern list of OpenSSH matches: `*` matches any text, `?` for one character, and a pattern after `!`
 * that matches overrules all others (ssh_config(5), PATTERNS).
 */
export function matchesPatternList(patterns: readonly string[], text: string): boolean {
  let matched = false;
  for (const pattern of patterns) {
    if (pattern.startsWith('!')) {
      if (matchesPattern(pattern.slice(1), text)) return false;
    } else if (!matched && matchesPattern(pattern, text)) {
      matched = true;
    }
  }
  return matched;
}

/** Takes time proportional to the two lengths' product, whatever the pattern: no backtracking beyond the last `*`. */
export function matchesPattern(pattern: string, text: string): boolean {
  let p = 0;
  let star = -1;
  let resume = 0;
  for (let t = 0; t < text.length;) {
    if (pattern[p] === '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
