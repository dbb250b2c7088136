/** @returns {number} the median; NaN of nothing */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** What is told of one contestant's rounds. The unit is that of the numbers. */
export function summary(numbers) {
  return { median: median(numbers), min: Math.min(...numbers), max: Math.max(...numbers), rounds: numbers.length };
}

/** What the whole would take, where `part` of `total` took `ms` beyond the `base` that does not grow with them. */
export function extrapolated({ ms, base, part, total }) {
  return base + ((ms - base) * total) / part;
}

/** `count` of the items, evenly spread from the first to the last, so that no corner of a tree stands for all. */
export function sample(items, count) {
  if (items.length <= count) return [...items];
  const step = (items.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, index) => items[Math.round(index * step)]);
}
