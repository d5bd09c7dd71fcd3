// The layers of a network as pictures: what it sees, and a cell for each neuron, brighter the larger its activation.
(function (nnbp) {
  "use strict";
  const CELL = 12; // pixels of a canvas
  const COLUMNS = 10; // of a layer with at most 100 neurons
  const place = document.getElementById("draw-layers");
  const seen = document.getElementById("draw-seen");
  const template = document.getElementById("draw-layer").content.firstElementChild;

  function showSeen(pixels) {
    const image = new ImageData(seen.width, seen.height);
    image.data.fill(255);
    pixels.forEach((grey, i) => image.data.fill(grey, 4 * i, 4 * i + 3));
    seen.getContext("2d").putImageData(image, 0, 0);
  }

  // The activations of the layers behind the input.
  function showLayers(layers) {
    figures(layers.length).forEach((figure, i) => {
      const name = i === layers.length - 1 ? "Output layer" : `Hidden layer ${i + 1}`;
      const active = layers[i].filter((activation) => activation > 0.5).length;
      const count = `${active} of ${layers[i].length} above 0.5`;
      const cells = figure.querySelector("canvas");
      figure.querySelector(".name").textContent = name;
      figure.querySelector(".count").textContent = count;
      cells.setAttribute("aria-label", `activations: ${count}`);
      draw(cells, layers[i]);
    });
  }

  function figures(count) {
    const shown = [...place.querySelectorAll(".draw-activations")];
    if (shown.length === count) return shown;
    shown.forEach((figure) => figure.remove());
    const made = Array.from({ length: count }, () => template.cloneNode(true));
    place.append(...made);
    return made;
  }

  function draw(cells, activations) {
    const columns = Math.min(activations.length, Math.max(COLUMNS, Math.ceil(Math.sqrt(activations.length))));
    const rows = Math.ceil(activations.length / columns);
    if (cells.width !== columns * CELL || cells.height !== rows * CELL) {
      [cells.width, cells.height] = [columns * CELL, rows * CELL];
    }
    const context = cells.getContext("2d");
    activations.forEach((activation, i) => {
      context.fillStyle = shade(activation);
      context.fillRect((i % columns) * CELL + 1, Math.floor(i / columns) * CELL + 1, CELL - 2, CELL - 2);
    });
  }

  // From near black through blue to white, so that lightness alone tells the activation.
  function shade(activation) {
    const [from, to, part] =
      activation < 0.5 ? [DARK, BLUE, 2 * activation] : [BLUE, WHITE, 2 * activation - 1];
    return `rgb(${from.map((value, i) => Math.round(value + part * (to[i] - value))).join(" ")})`;
  }

  // The key below the layers has the same colours: field.css.
  const DARK = [28, 34, 43];
  const BLUE = [0, 114, 178];
  const WHITE = [255, 255, 255];

  Object.assign(nnbp, { showSeen, showLayers });
})(globalThis.nnbp);
