// The answer to what is in the field: prepared as for `nnbp predict`, passed through the network, and shown.
(function (nnbp) {
  "use strict";
  const { canvas } = nnbp.field;
  const find = (id) => document.getElementById(id);
  const [answered, invitation, said] = ["draw-answer", "draw-invitation", "draw-said"].map(find);
  const buttons = [...document.getElementsByName("model")]; // none where there is only one model
  const answers = [...document.querySelectorAll("#draw-answers label")];
  const rows = [...document.querySelectorAll("#draw-probabilities tbody tr")];
  const side = find("draw-seen").width;
  const networks = JSON.parse(find("draw-models").textContent).map(({ sizes, weights, biases, cost, deskew }) =>
    ({ ...nnbp.network(sizes, weights, biases, cost), deskew }));
  const QUIET = 700; // milliseconds without a stroke before the answer is spoken
  const grey = new Uint8Array(canvas.width * canvas.height);

  const chosen = () => networks[Math.max(buttons.findIndex((button) => button.checked), 0)];

  // The prepared pixels as a network sees them.
  const seenBy = (network, prepared) => (network.deskew ? nnbp.deskew(prepared, side, side) : prepared);

  // The prepared pixels, the pixels that the network sees, its layers' activations, the probabilities and the
  // likeliest label; no probabilities and no label for an empty field, and no label for outputs that are not numbers.
  function answer() {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    for (let i = 0; i < grey.length; i++) grey[i] = data[4 * i];
    const prepared = nnbp.prepare(grey, canvas.width, canvas.height, side);
    const pixels = seenBy(chosen(), prepared);
    if (!prepared.some((value) => value > 0)) {
      const layers = chosen().sizes.slice(1).map((n) => Array(n).fill(0));
      return { prepared, pixels, layers, probabilities: null, label: -1 };
    }
    const layers = nnbp.activations(chosen(), pixels).slice(1);
    const probabilities = [...layers.at(-1)];
    return { prepared, pixels, layers, probabilities, label: likeliest(probabilities) };
  }

  const likeliest = (probabilities) => probabilities.indexOf(Math.max(...probabilities));

  // Rounded down, because no answer is certain.
  const percent = (p) => `${(Math.floor(1000 * p) / 10).toFixed(1)}\u00a0%`;

  function show() {
    const { prepared, pixels, layers, probabilities, label } = answer();
    nnbp.showSeen(pixels);
    nnbp.showLayers(layers);
    answered.textContent = label < 0 ? "?" : label;
    answered.classList.toggle("waiting", label < 0);
    invitation.hidden = probabilities !== null;
    rows.forEach((row, n) => {
      const p = probabilities?.[n];
      row.hidden = n >= layers.at(-1).length; // another model has more classes
      row.classList.toggle("best", n === label);
      row.querySelector(".bar").style.transform = `scaleX(${p || 0})`;
      row.querySelector(".figure").textContent = p === undefined ? "–" : percent(p);
    });
    showAnswers(probabilities && prepared);
    speakLater(label < 0 ? "" : `${label}, ${percent(probabilities[label])}`);
  }

  // What every model answers to the prepared pixels, if there are any.
  function showAnswers(prepared) {
    answers.forEach((shown, n) => {
      const [, digit, sureness] = shown.children;
      const network = networks[n];
      const probabilities = prepared ? nnbp.activations(network, seenBy(network, prepared)).at(-1) : [];
      const label = likeliest([...probabilities]);
      digit.textContent = label < 0 ? "?" : label;
      sureness.textContent = label < 0 ? "–" : percent(probabilities[label]);
    });
  }

  // Screen readers get the answer once the drawing rests.
  let waiting;
  function speakLater(text) {
    clearTimeout(waiting);
    waiting = setTimeout(() => (said.textContent = text), QUIET);
  }

  // At most once a frame, however many strokes arrive.
  let asked = false;
  function ask() {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      show();
    });
  }

  canvas.addEventListener("drawn", ask);
  for (const button of buttons) button.addEventListener("change", ask);
  nnbp.answer = answer;
  show();
})(globalThis.nnbp);
