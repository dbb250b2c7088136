import { alternate } from './rounds.mjs';

const count = 10;
const workers = 4;

/** Ten runs of something, one after the other and four at a time: wall time of the ten. Any that fails ends it. */
export function ten(key, name, one, most) {
  const together = (lanes) => async () => {
    const start = performance.now();
    let left = count;
    const lane = async () => {
      while (left-- > 0) await one();
    };
    const ended = await Promise.allSettled(Array.from({ length: lanes }, lane));
    const failure = ended.find(({ status }) => status === 'rejected');
    if (failure) throw failure.reason;
    return { ms: performance.now() - start };
  };
  return [
    { key: `${key} serial`, name: `${name}, one after the other`, most, run: together(1) },
    { key: `${key} parallel`, name: `${name}, four at a time`, most, run: together(workers) },
  ];
}

export async function measureTen(contestants, how) {
  const measured = await alternate(contestants, how);
  return measured.map(({ runs, ...one }) => one);
}
