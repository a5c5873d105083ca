"use strict";
const longest = Math.max(1, ...data.map((run) => run.train_loss.length));
const numbers = Array.from({ length: longest }, (_, i) => i + 1);
const hue = (i) => "hsl(" + Math.round((215 + 360 * i / data.length) % 360) + " 65% 50%)";
const curve = (run, i, what, more) => line(run.label, run[what], "train", Object.assign({ borderColor: hue(i), backgroundColor: hue(i) }, more));

plot("train_loss", () => lines(numbers, data.map((run, i) => curve(run, i, "train_loss")), short, {}));
plot("validation_loss", () => lines(numbers, data.map((run, i) => curve(run, i, "validation_loss")), short, {}));
plot("validation_accuracy", () => lines(numbers, data.map((run, i) => curve(run, i, "validation_accuracy"))
  .concat(data.map((run, i) => curve(run, i, "train_accuracy", { label: run.label + ", training", borderDash: [4, 4], borderWidth: 1.2, pointRadius: 0 }))), percent, {}));
