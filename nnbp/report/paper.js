// Ink told from paper: nnbp.data.images.paper for a browser.
(function (nnbp) {
  "use strict";
  const POINTS = 64, PLANE_ROUNDS = 6, SURFACE_ROUNDS = 8, SMALLEST_DEVIATION = 1, STEPS = 1024;
  const NOISE = 4, MEDIAN_TO_DEVIATION = 1.4826, FAINTEST = 12, FLOOR = 0.1;
  const PLANE = 3, SURFACE = 6; // terms

  // How much ink each pixel has: 0 for paper, 1 for full ink.
  function ink(picture) {
    const { values: difference, deviation } = surface(picture);
    const noise = Math.max(NOISE * deviation, FAINTEST);
    let darker = 0, brighter = 0;
    for (let i = 0; i < difference.length; i++) {
      difference[i] = picture.values[i] - difference[i];
      if (difference[i] > noise) brighter += difference[i] - noise;
      else if (-difference[i] > noise) darker += -difference[i] - noise;
    }
    const sign = darker > brighter ? -1 : 1;
    let most = -Infinity;
    for (let i = 0; i < difference.length; i++) {
      difference[i] *= sign;
      if (difference[i] > most) most = difference[i];
    }
    if (most <= noise) return { ...picture, values: difference.fill(0) };
    const strong = [], least = Math.max(most / 2, noise);
    for (const d of difference) if (d > least) strong.push(d);
    const full = nnbp.median(strong);
    const floor = Math.max(noise / full, FLOOR);
    for (let i = 0; i < difference.length; i++) {
      const amount = Math.min(difference[i] / full, 1);
      difference[i] = amount > floor ? amount : 0;
    }
    return { ...picture, values: difference };
  }

  // A quadratic surface through the greys of the paper, and the deviation of its noise.
  function surface({ values, width, height }) {
    const rows = points(height), columns = points(width);
    const ys = rows.map((row) => scaled(row, height)), xs = columns.map((column) => scaled(column, width));
    const greys = new Float64Array(rows.length * columns.length);
    let n = 0;
    for (const row of rows) for (const column of columns) greys[n++] = values[row * width + column];
    const middle = nnbp.median(greys);
    const deviations = greys.map((grey) => Math.abs(grey - middle));
    for (let round = 0; round < PLANE_ROUNDS; round++) {
      const weights = deviations.map((d) => 1 / Math.max(d, SMALLEST_DEVIATION));
      nnbp.deviate(deviations, xs, ys, greys, nnbp.leastSquares(xs, ys, greys, weights, PLANE));
    }
    let factors;
    for (let round = 0; round < SURFACE_ROUNDS; round++) {
      const near = Math.max(FAINTEST, 2 * MEDIAN_TO_DEVIATION * nnbp.median(deviations));
      const weights = deviations.map((d) => 1 / (1 + (d / near) * (d / near)));
      factors = nnbp.leastSquares(xs, ys, greys, weights.map((w) => w * w), SURFACE);
      nnbp.deviate(deviations, xs, ys, greys, factors);
    }
    const deviation = stepped(MEDIAN_TO_DEVIATION * nnbp.median(deviations));
    return { values: everywhere(factors, width, height), deviation };
  }

  function everywhere([one, byX, byY, byXX, byXY, byYY], width, height) {
    const fitted = new Float64Array(width * height);
    for (let row = 0, i = 0; row < height; row++) {
      const y = scaled(row, height);
      for (let column = 0; column < width; column++, i++) {
        const x = scaled(column, width);
        fitted[i] = stepped(one + x * byX + y * byY + x * x * byXX + x * y * byXY + y * y * byYY);
      }
    }
    return fitted;
  }

  const stepped = (value) => Math.floor(value * STEPS + 0.5) / STEPS;

  function points(length) {
    const count = Math.min(length, POINTS);
    return Array.from({ length: count }, (_, i) => Math.floor((i * (length - 1)) / Math.max(count - 1, 1)));
  }

  // From -1 to 1.
  const scaled = (place, length) => 2 * (place / Math.max(length - 1, 1)) - 1;

  nnbp.ink = ink;
})((globalThis.nnbp ??= {}));
