// Images without their slant: nnbp.data.images.deskewing for a browser. A test compares the results.
(function (nnbp) {
  "use strict";
  const STEEPEST = 1, STEP = 65536, SHIFT_STEP = 256;

  // An image of greys, row by row, sheared about its centre of mass until it stands upright.
  function deskew(greys, rows, columns) {
    const { centre, slant } = measured(greys, columns);
    const unit = (STEP * STEP) / SHIFT_STEP;
    const made = new Uint8Array(greys.length);
    for (let y = 0; y < rows; y++) {
      const shift = Math.floor(((y * STEP - centre) * slant + unit / 2) / unit);
      const whole = Math.floor(shift / SHIFT_STEP), right = shift - whole * SHIFT_STEP;
      const grey = (x) => (x >= 0 && x < columns ? greys[y * columns + x] : 0);
      for (let x = 0; x < columns; x++) {
        const mixed = (SHIFT_STEP - right) * grey(x + whole) + right * grey(x + whole + 1);
        made[y * columns + x] = Math.floor((mixed + SHIFT_STEP / 2) / SHIFT_STEP);
      }
    }
    return made;
  }

  // The row of the centre of mass, and the slant from the second moments, both in steps.
  function measured(greys, columns) {
    const sums = [0, 0, 0, 0, 0];
    greys.forEach((grey, i) => {
      const y = Math.floor(i / columns), x = i % columns;
      [1, x, y, x * y, y * y].forEach((power, k) => (sums[k] += grey * power));
    });
    const [m, mx, my, mxy, myy] = sums.map(BigInt);
    const slant = ratio(m * mxy - mx * my, m * myy - my * my);
    return { centre: ratio(my, m), slant: Math.min(Math.max(slant, -STEEPEST * STEP), STEEPEST * STEP) };
  }

  // A quotient in steps, rounded; 0 where the denominator is 0.
  function ratio(numerator, denominator) {
    if (denominator === 0n) return 0;
    const twice = 2n * BigInt(STEP) * numerator + denominator, whole = twice / (2n * denominator);
    return Number(twice % (2n * denominator) < 0n ? whole - 1n : whole);
  }

  nnbp.deskew = deskew;
})((globalThis.nnbp ??= {}));
