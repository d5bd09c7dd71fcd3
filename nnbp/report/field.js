// The field to draw in: strokes of white ink on black paper, by mouse, finger, pen or keys.
(function (nnbp) {
  "use strict";
  const canvas = document.getElementById("draw-field");
  const ink = canvas.getContext("2d", { willReadFrequently: true });
  const pen = document.getElementById("draw-pen");
  const { width, height } = canvas;
  let stroke = null; // the pointer that draws, and its last position

  const changed = () => canvas.dispatchEvent(new Event("drawn"));

  function clear() {
    ink.fillStyle = "#000";
    ink.fillRect(0, 0, width, height);
    changed();
  }

  function line(from, to) {
    ink.strokeStyle = "#fff";
    ink.lineWidth = (pen.valueAsNumber * width) / 100;
    ink.lineCap = ink.lineJoin = "round";
    ink.beginPath();
    ink.moveTo(from.x, from.y);
    ink.lineTo(to.x, to.y);
    ink.stroke();
    changed();
  }

  // An image or a canvas, enlarged to the field.
  function paint(picture) {
    ink.imageSmoothingQuality = "high";
    ink.drawImage(picture, 0, 0, width, height);
    changed();
  }

  function position(event) {
    const box = canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) * width) / box.width,
      y: ((event.clientY - box.top) * height) / box.height,
    };
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (stroke || event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    stroke = { id: event.pointerId, at: position(event) };
    line(stroke.at, stroke.at);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (stroke?.id !== event.pointerId) return;
    // A fast stroke has more positions than events.
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) {
      const to = position(each);
      line(stroke.at, to);
      stroke.at = to;
    }
  });
  for (const lifted of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(lifted, (event) => {
      if (stroke?.id === event.pointerId) stroke = null;
    });
  }

  document.getElementById("draw-clear").addEventListener("click", clear);
  for (const button of document.querySelectorAll("#draw-examples button")) {
    button.addEventListener("click", () => paint(button.querySelector("img")));
  }

  nnbp.field = { canvas, clear, line, paint };
  clear();
})((globalThis.nnbp ??= {}));
