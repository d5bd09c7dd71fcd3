// Pictures of a handwritten digit, prepared as the images of MNIST were: nnbp.data.images.preparation for a browser.
(function (nnbp) {
  "use strict";
  // The constants are those of preparation.py, paper.py and specks.py; a test compares the results.
  const LARGEST_SIDE = 400, BOX = 20 / 28, STROKE = 0.3, WHITE = 255, ABOVE_A_TIE = 1e-6;
  const POINTS = 64, PLANE_ROUNDS = 6, SURFACE_ROUNDS = 8, SMALLEST_DEVIATION = 1, STEPS = 1024;
  const NOISE = 4, MEDIAN_TO_DEVIATION = 1.4826, FAINTEST = 12, FLOOR = 0.1;
  const SMALLEST_SPOT = 0.05;

  // A picture of greys, row by row, as side × side greys of MNIST's kind: white ink, 255, on black paper, 0.
  function prepare(grey, width, height, side = 28) {
    const amount = withoutSpecks(ink(reduced(grey, width, height)));
    if (!amount.values.some((value) => value > 0)) return new Uint8Array(side * side);
    const floor = STROKE * amount.values.reduce((a, b) => Math.max(a, b));
    const fitted = fit(cropped(amount, floor), Math.max(1, Math.round(BOX * side)));
    const most = fitted.values.reduce((a, b) => Math.max(a, b));
    fitted.values = fitted.values.map((value) =>
      Math.min(Math.floor((value / most) * WHITE + 0.5 + ABOVE_A_TIE), WHITE));
    return centred(fitted, side);
  }

  // Means of squares of pixels, the last row and column of squares being narrower.
  function reduced(grey, width, height) {
    const factor = Math.ceil(Math.max(width, height) / LARGEST_SIDE);
    if (factor === 1) return { values: Float64Array.from(grey), width, height };
    const w = Math.ceil(width / factor), h = Math.ceil(height / factor);
    const values = new Float64Array(w * h);
    for (let y = 0; y < height; y++) {
      const row = Math.floor(y / factor) * w;
      for (let x = 0; x < width; x++) values[row + Math.floor(x / factor)] += grey[y * width + x];
    }
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x++) {
        const rows = Math.min(factor, height - y * factor), columns = Math.min(factor, width - x * factor);
        values[y * w + x] /= rows * columns;
      }
    }
    return { values, width: w, height: h };
  }

  // How much ink each pixel has: 0 for paper, 1 for full ink.
  function ink(picture) {
    const { values, deviation } = surface(picture);
    const noise = Math.max(NOISE * deviation, FAINTEST);
    const difference = picture.values.slice();
    let darker = 0, brighter = 0;
    for (let i = 0; i < difference.length; i++) {
      difference[i] -= values[i];
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
    const full = median(difference.filter((d) => d > Math.max(most / 2, noise)));
    const floor = Math.max(noise / full, FLOOR);
    for (let i = 0; i < difference.length; i++) {
      const amount = Math.min(difference[i] / full, 1);
      difference[i] = amount > floor ? amount : 0;
    }
    return { ...picture, values: difference };
  }

  // A quadratic surface through the greys of the paper, and the deviation of its noise.
  function surface({ values, width, height }) {
    const all = [];
    const greys = [];
    for (const y of points(height)) {
      for (const x of points(width)) {
        all.push(terms(y, x, height, width));
        greys.push(values[y * width + x]);
      }
    }
    const middle = median(greys);
    let deviations = greys.map((grey) => Math.abs(grey - middle));
    for (let round = 0; round < PLANE_ROUNDS; round++) {
      const weights = deviations.map((d) => 1 / Math.max(d, SMALLEST_DEVIATION));
      const plane = [...leastSquares(all, greys, weights, 3), 0, 0, 0];
      deviations = greys.map((grey, i) => Math.abs(grey - dot(all[i], plane)));
    }
    let factors;
    for (let round = 0; round < SURFACE_ROUNDS; round++) {
      const near = Math.max(FAINTEST, 2 * MEDIAN_TO_DEVIATION * median(deviations));
      factors = leastSquares(all, greys, deviations.map((d) => (1 + (d / near) ** 2) ** -2), 6);
      deviations = greys.map((grey, i) => Math.abs(grey - dot(all[i], factors)));
    }
    const fitted = new Float64Array(width * height);
    const [one, byX, byY, byXX, byXY, byYY] = factors;
    for (let row = 0, i = 0; row < height; row++) {
      const y = scaled(row, height);
      for (let column = 0; column < width; column++, i++) {
        const x = scaled(column, width);
        fitted[i] = stepped(one + x * byX + y * byY + x * x * byXX + x * y * byXY + y * y * byYY);
      }
    }
    return { values: fitted, deviation: stepped(MEDIAN_TO_DEVIATION * median(deviations)) };
  }

  const stepped = (value) => Math.floor(value * STEPS + 0.5) / STEPS;

  function points(length) {
    const count = Math.min(length, POINTS);
    return Array.from({ length: count }, (_, i) => Math.floor((i * (length - 1)) / Math.max(count - 1, 1)));
  }

  // From -1 to 1.
  const scaled = (place, length) => 2 * (place / Math.max(length - 1, 1)) - 1;

  function terms(row, column, height, width) {
    const y = scaled(row, height), x = scaled(column, width);
    return [1, x, y, x * x, x * y, y * y];
  }

  const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3] + a[4] * b[4] + a[5] * b[5];

  // The factors of the first `count` terms.
  function leastSquares(all, greys, weights, count) {
    // Of the upper triangle, row by row, and of the right-hand side behind each row.
    const sums = new Float64Array((count * (count + 3)) / 2);
    for (let n = 0; n < all.length; n++) {
      const term = all[n];
      for (let i = 0, k = 0; i < count; i++) {
        const weighted = term[i] * weights[n];
        for (let j = i; j < count; j++) sums[k++] += weighted * term[j];
        sums[k++] += weighted * greys[n];
      }
    }
    const system = Array.from({ length: count }, () => new Array(count + 1));
    for (let i = 0, k = 0; i < count; i++) {
      for (let j = i; j <= count; j++, k++) {
        system[i][j] = sums[k] + (i === j ? 1e-9 : 0);
        if (j < count) system[j][i] = system[i][j];
      }
    }
    return solved(system);
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
    const sorted = Float64Array.from(numbers).sort();
    const half = sorted.length >> 1;
    return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  // The ink without its small spots. Pixels belong to one spot if they touch, corners included.
  function withoutSpecks({ values, width, height }) {
    const spots = label(values, width, height);
    const inked = [0];
    for (let i = 0; i < spots.length; i++) {
      if (spots[i]) inked[spots[i]] = (inked[spots[i]] ?? 0) + values[i];
    }
    const least = SMALLEST_SPOT * inked.reduce((a, b) => Math.max(a, b));
    for (let i = 0; i < spots.length; i++) if (inked[spots[i]] < least) values[i] = 0;
    return { values, width, height };
  }

  function label(values, width, height) {
    const spots = new Int32Array(values.length);
    let spot = 0;
    for (let start = 0; start < values.length; start++) {
      if (!values[start] || spots[start]) continue;
      spots[start] = ++spot;
      const open = [start];
      while (open.length) {
        const at = open.pop(), y = Math.floor(at / width), x = at % width;
        for (let v = Math.max(y - 1, 0); v <= Math.min(y + 1, height - 1); v++) {
          for (let u = Math.max(x - 1, 0); u <= Math.min(x + 1, width - 1); u++) {
            const next = v * width + u;
            if (values[next] && !spots[next]) {
              spots[next] = spot;
              open.push(next);
            }
          }
        }
      }
    }
    return spots;
  }

  function cropped({ values, width, height }, floor) {
    let top = height, bottom = 0, left = width, right = 0;
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        if (values[i] <= floor) continue;
        top = Math.min(top, y);
        bottom = y + 1;
        left = Math.min(left, x);
        right = Math.max(right, x + 1);
      }
    }
    const w = right - left, h = bottom - top;
    const inside = new Float64Array(w * h);
    for (let y = 0; y < h; y++) {
      const start = (top + y) * width + left;
      inside.set(values.subarray(start, start + w), y * w);
    }
    return { values: inside, width: w, height: h };
  }

  // The crop resampled so that its longer side has `box` pixels; each is the mean of the area it covers.
  function fit({ values, width, height }, box) {
    const scale = box / Math.max(width, height);
    const w = Math.max(1, Math.floor(scale * width + 0.5)), h = Math.max(1, Math.floor(scale * height + 0.5));
    const down = shares(height, h), across = shares(width, w);
    const tall = new Float64Array(h * width), small = new Float64Array(h * w);
    down.forEach(({ after, before, share }) => {
      for (let x = 0; x < width; x++) tall[after * width + x] += share * values[before * width + x];
    });
    across.forEach(({ after, before, share }) => {
      for (let y = 0; y < h; y++) small[y * w + after] += share * tall[y * width + before];
    });
    return { values: small, width: w, height: h };
  }

  // How much of each new pixel is made of each old one.
  function shares(before, after) {
    const all = [];
    for (let i = 0; i < after; i++) {
      const start = i * (before / after), end = (i + 1) * (before / after);
      for (let old = Math.floor(start); old < Math.min(end, before); old++) {
        const overlap = Math.min(end, old + 1) - Math.max(start, old);
        all.push({ after: i, before: old, share: Math.max(overlap, 0) * (after / before) });
      }
    }
    return all;
  }

  // The values on a black square, with their centre of mass as near to its middle as whole pixels allow.
  function centred({ values, width, height }, side) {
    const rows = new Float64Array(height), columns = new Float64Array(width);
    values.forEach((value, i) => {
      rows[Math.floor(i / width)] += value;
      columns[i % width] += value;
    });
    const top = start(rows, side), left = start(columns, side);
    const frame = new Uint8Array(side * side);
    values.forEach((value, i) => {
      frame[(top + Math.floor(i / width)) * side + left + (i % width)] = value;
    });
    return frame;
  }

  function start(mass, side) {
    let moment = 0, total = 0;
    mass.forEach((value, i) => {
      moment += value * i;
      total += value;
    });
    const first = Math.trunc(side / 2 - moment / total + 0.5 + ABOVE_A_TIE);
    return Math.min(Math.max(first, 0), side - mass.length);
  }

  nnbp.prepare = prepare;
})((globalThis.nnbp ??= {}));
