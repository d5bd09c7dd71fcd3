// A pen for the keyboard: the arrow keys move it, Space puts it down and lifts it, Delete clears the field.
(function (nnbp) {
  "use strict";
  const { canvas, clear, line } = nnbp.field;
  const { width, height } = canvas;
  const cursor = document.getElementById("draw-cursor");
  const STEP = width / 70; // of an arrow key; with Shift four times as far
  const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  let at = { x: width / 2, y: height / 2 };
  let down = false;

  function move([right, below], step) {
    const from = at;
    at = { x: within(at.x + right * step, width), y: within(at.y + below * step, height) };
    if (down) line(from, at);
  }

  const within = (value, limit) => Math.min(Math.max(value, 0), limit);

  function press() {
    down = !down;
    if (down) line(at, at);
  }

  function begin() {
    down = false;
    clear();
  }

  function show() {
    cursor.hidden = !canvas.matches(":focus-visible");
    cursor.style.left = `${(100 * at.x) / width}%`;
    cursor.style.top = `${(100 * at.y) / height}%`;
    cursor.classList.toggle("down", down);
  }

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key in MOVES) move(MOVES[event.key], event.shiftKey ? 4 * STEP : STEP);
    else if (event.key === " ") press();
    else if (event.key === "Delete" || event.key === "Backspace") begin();
    else return;
    event.preventDefault();
    show();
  });
  canvas.addEventListener("focus", show);
  canvas.addEventListener("blur", () => {
    down = false;
    show();
  });
})(globalThis.nnbp);
