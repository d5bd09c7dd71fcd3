// Weighted least squares for a plane or a quadratic surface over a grid of points, and the median.
(function (nnbp) {
  "use strict";
  // Of 1, x, y, x², xy and y²: the powers of x and of y.
  const POWERS = [[0, 0], [1, 0], [0, 1], [2, 0], [1, 1], [0, 2]];
  const DEGREES = 5; // powers 0 to 4, which products of two terms have

  // The factors of the six terms, of which a plane has the first three, for greys at the points (xs, ys), row by
  // row. Sums over a row are shared by all powers of its y.
  function leastSquares(xs, ys, greys, weights, count) {
    const products = new Float64Array(DEGREES * DEGREES), right = new Float64Array(DEGREES * DEGREES);
    for (let row = 0, n = 0; row < ys.length; row++) {
      let w0 = 0, w1 = 0, w2 = 0, w3 = 0, w4 = 0, g0 = 0, g1 = 0, g2 = 0;
      for (let column = 0; column < xs.length; column++, n++) {
        const x = xs[column], w = weights[n], wx = w * x, wxx = wx * x, grey = greys[n];
        w0 += w;
        w1 += wx;
        w2 += wxx;
        w3 += wxx * x;
        w4 += wxx * x * x;
        g0 += w * grey;
        g1 += wx * grey;
        g2 += wxx * grey;
      }
      for (let j = 0, power = 1; j < DEGREES; j++, power *= ys[row]) {
        [w0, w1, w2, w3, w4].forEach((sum, i) => (products[j * DEGREES + i] += sum * power));
        [g0, g1, g2].forEach((sum, i) => (right[j * DEGREES + i] += sum * power));
      }
    }
    const system = POWERS.slice(0, count).map(([a, b], i) => [
      ...POWERS.slice(0, count).map(([c, d], j) => products[(b + d) * DEGREES + a + c] + (i === j ? 1e-9 : 0)),
      right[b * DEGREES + a],
    ]);
    return [...solved(system), 0, 0, 0].slice(0, POWERS.length);
  }

  // How far the greys are from the surface of these factors.
  function deviate(deviations, xs, ys, greys, [one, byX, byY, byXX, byXY, byYY]) {
    for (let row = 0, n = 0; row < ys.length; row++) {
      const y = ys[row], constant = one + y * (byY + y * byYY), slope = byX + y * byXY;
      for (let column = 0; column < xs.length; column++, n++) {
        const x = xs[column];
        deviations[n] = Math.abs(greys[n] - (constant + x * (slope + x * byXX)));
      }
    }
  }

  // Gaussian elimination with partial pivoting.
  function solved(system) {
    const count = system.length;
    for (let i = 0; i < count; i++) {
      let pivot = i;
      for (let k = i + 1; k < count; k++) if (Math.abs(system[k][i]) > Math.abs(system[pivot][i])) pivot = k;
      [system[i], system[pivot]] = [system[pivot], system[i]];
      for (let k = i + 1; k < count; k++) {
        const ratio = system[k][i] / system[i][i];
        for (let j = i; j <= count; j++) system[k][j] -= ratio * system[i][j];
      }
    }
    const answer = new Array(count).fill(0);
    for (let i = count - 1; i >= 0; i--) {
      let rest = system[i][count];
      for (let j = i + 1; j < count; j++) rest -= system[i][j] * answer[j];
      answer[i] = rest / system[i][i];
    }
    return answer;
  }

  function median(numbers) {
    const copy = Float64Array.from(numbers), half = copy.length >> 1;
    const upper = nth(copy, half);
    if (copy.length % 2) return upper;
    return (copy.subarray(0, half).reduce((a, b) => Math.max(a, b)) + upper) / 2;
  }

  // The value at a place if the numbers were sorted; smaller ones are then before it (Hoare 1961, "FIND").
  function nth(numbers, place) {
    for (let first = 0, last = numbers.length - 1; first < last; ) {
      const middle = numbers[place];
      let i = first, j = last;
      while (i <= j) {
        while (numbers[i] < middle) i++;
        while (middle < numbers[j]) j--;
        if (i <= j) {
          [numbers[i], numbers[j]] = [numbers[j], numbers[i]];
          i++;
          j--;
        }
      }
      if (j < place) first = i;
      if (place < i) last = j;
    }
    return numbers[place];
  }

  Object.assign(nnbp, { leastSquares, deviate, median });
})((globalThis.nnbp ??= {}));
