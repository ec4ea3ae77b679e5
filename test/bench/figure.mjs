/**
 * Prints one figure with its bound and its peer as a line that `npm run bench` repeats in its summary, and lets the
 * program fail if the bound is missed.
 *
 * @param {object} figure
 * @param {string} figure.what
 * @param {number} figure.value
 * @param {string} [figure.unit] empty for a number alone
 * @param {readonly [what: string, value: number]} figure.peer something of the same unit, measured in the same run
 * @param {number} figure.bound
 * @param {'value' | 'ratio' | 'beyond'} [figure.bounded] what may not be larger than it: the value, how many times the
 *   peer's it is, or by how much it is larger than the peer's
 * @param {number} [figure.ratio] if it is not the two figures that compare, as exponents do not
 * @param {string} [figure.reason] why it is missed, if it is
 */
export function figure({
  what,
  value,
  unit = '',
  peer: [peer, peerValue],
  bound,
  bounded = 'value',
  ratio = value / peerValue,
  reason,
}) {
  const judged = { value, ratio, beyond: value - peerValue }[bounded];
  const isMet = judged <= bound;
  if (!isMet) process.exitCode = 1;
  const limit = {
    value: withUnit(bound, unit),
    ratio: `${bound} times`,
    beyond: `${withUnit(bound, unit)} beyond the peer`,
  };
  const why = isMet || reason === undefined ? '' : `. Why: ${reason}`;
  const parts = [
    `${what}: ${withUnit(value, unit)}`,
    `bound ${limit[bounded]}`,
    `peer ${withUnit(peerValue, unit)} (${peer})`,
    `ratio ${rounded(ratio)}`,
  ];
  console.log(`${isMet ? 'met   ' : 'MISSED'}  ${parts.join('; ')}${why}`);
}

/**
 * @param {number} value
 * @param {string} unit
 */
function withUnit(value, unit) {
  return unit === '' ? rounded(value) : `${rounded(value)} ${unit}`;
}

/** @param {number} value */
function rounded(value) {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : Number(value.toPrecision(2)).toString();
}
