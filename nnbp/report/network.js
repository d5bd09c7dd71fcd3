// The forward pass of a network in a browser, in float64.
(function (nnbp) {
  "use strict";

  // Numbers of a base64 text of little-endian float32.
  function decode(base64) {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const view = new DataView(bytes.buffer);
    return Float64Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
  }

  // sizes: neurons of each layer; weights, biases: a base64 text for each layer but the first, where a layer's
  // weights are (inputs, neurons), row by row; cost: "log-likelihood" gives softmax outputs, any other sigmoid.
  function network(sizes, weights, biases, cost) {
    return { sizes, weights: weights.map(decode), biases: biases.map(decode), cost };
  }

  // The activations of every layer for an image of greys from 0 to 255; the first are its pixels from 0 to 1.
  function activations(network, image) {
    const layers = [Float64Array.from(image, (grey) => grey / 255)];
    network.weights.forEach((weights, i) => {
      const z = weightedInputs(layers[i], weights, network.biases[i]);
      const last = i === network.weights.length - 1;
      layers.push(last && network.cost === "log-likelihood" ? softmax(z) : z.map(sigmoid));
    });
    return layers;
  }

  function weightedInputs(inputs, weights, biases) {
    const z = Float64Array.from(biases);
    inputs.forEach((input, i) => {
      for (let j = 0; j < z.length; j++) z[j] += input * weights[i * z.length + j];
    });
    return z;
  }

  const sigmoid = (z) => 1 / (1 + Math.exp(-z));

  // The largest is subtracted first, so that no exponential overflows.
  function softmax(z) {
    const most = z.reduce((a, b) => Math.max(a, b));
    const powers = z.map((value) => Math.exp(value - most));
    const total = powers.reduce((a, b) => a + b);
    return powers.map((power) => power / total);
  }

  Object.assign(nnbp, { network, activations });
})((globalThis.nnbp ??= {}));
