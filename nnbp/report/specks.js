// Spots too small to be part of a digit: nnbp.data.images.specks for a browser.
(function (nnbp) {
  "use strict";
  const SMALLEST_SPOT = 0.05;

  // The ink without its small spots. Pixels belong to one spot if they touch, corners included.
  function withoutSpecks({ values, width, height }) {
    const { spots, count } = label(values, width, height);
    if (count > 1) {
      const inked = new Float64Array(count + 1);
      for (let i = 0; i < spots.length; i++) inked[spots[i]] += values[i];
      const least = SMALLEST_SPOT * inked.reduce((a, b) => Math.max(a, b));
      for (let i = 0; i < spots.length; i++) if (inked[spots[i]] < least) values[i] = 0;
    }
    return { values, width, height };
  }

  // The number of each pixel's spot, from 1, or 0 for paper; and how many spots there are.
  function label(values, width, height) {
    const spots = new Int32Array(values.length);
    const open = new Int32Array(values.length);
    let count = 0;
    for (let start = 0; start < values.length; start++) {
      if (!values[start] || spots[start]) continue;
      spots[start] = ++count;
      open[0] = start;
      for (let waiting = 1; waiting > 0; ) {
        const at = open[--waiting], x = at % width, y = (at - x) / width;
        const left = Math.max(x - 1, 0), right = Math.min(x + 1, width - 1);
        for (let v = Math.max(y - 1, 0); v <= Math.min(y + 1, height - 1); v++) {
          for (let next = v * width + left; next <= v * width + right; next++) {
            if (values[next] && !spots[next]) {
              spots[next] = count;
              open[waiting++] = next;
            }
          }
        }
      }
    }
    return { spots, count };
  }

  nnbp.withoutSpecks = withoutSpecks;
})((globalThis.nnbp ??= {}));
