"use strict";
data.forEach((one, i) => {
  const curve = (label, values, colour) => ({ label, colour, points: values.map((y, k) => ({ x: one.steps[k], y })), dots: 0 });
  xy("curve" + i, {
    sets: [curve("total", one.total, "train"), curve("content", one.content, "validation"), curve("style", one.style, "third")],
    x: { title: "step" }, y: { log: true }, tools: ["log", "zoom"],
  });
});
