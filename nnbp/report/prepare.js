// Pictures of a handwritten digit, prepared as the images of MNIST were: nnbp.data.images.preparation for a browser.
// The constants of these scripts are those of preparation.py, paper.py and specks.py; a test compares the results.
(function (nnbp) {
  "use strict";
  const LARGEST_SIDE = 400, BOX = 20 / 28, STROKE = 0.3, WHITE = 255, ABOVE_A_TIE = 1e-6;

  // A picture of greys, row by row, as side × side greys of MNIST's kind: white ink, 255, on black paper, 0.
  function prepare(grey, width, height, side = 28) {
    const amount = nnbp.withoutSpecks(nnbp.ink(reduced(grey, width, height)));
    const full = largest(amount.values);
    if (!(full > 0)) return new Uint8Array(side * side);
    const floor = STROKE * full;
    const fitted = fit(cropped(amount, floor), Math.max(1, Math.round(BOX * side)));
    const most = largest(fitted.values);
    fitted.values = fitted.values.map((value) =>
      Math.min(Math.floor((value / most) * WHITE + 0.5 + ABOVE_A_TIE), WHITE));
    return centred(fitted, side);
  }

  function largest(values) {
    let most = -Infinity;
    for (const value of values) if (value > most) most = value;
    return most;
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
