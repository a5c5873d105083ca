"use strict";
const epochs = data.history.map((row) => row.epoch);
const column = (name) => data.history.map((row) => (row[name] === undefined ? null : row[name]));
const some = (values) => values.some((value) => value !== null);

/** Marks the best epoch with a line and its number. */
const bestMark = {
  id: "best",
  afterDatasetsDraw(chart) {
    const at = epochs.indexOf(data.best);
    if (at < 0 || epochs.length < 2) return;
    const { ctx, chartArea: area, scales } = chart;
    const x = scales.x.getPixelForValue(at);
    ctx.save();
    ctx.strokeStyle = colour("good");
    ctx.setLineDash([4, 4]);
    ctx.beginPath();
    ctx.moveTo(x, area.top);
    ctx.lineTo(x, area.bottom);
    ctx.stroke();
    ctx.fillStyle = colour("good");
    ctx.font = "11px system-ui, sans-serif";
    ctx.textAlign = at > epochs.length / 2 ? "right" : "left";
    ctx.fillText("best: epoch " + data.best, x + (at > epochs.length / 2 ? -5 : 5), chart.canvas.id === "loss" ? area.top + 10 : area.bottom - 6);
    ctx.restore();
  },
};

function pair(what, format, yOptions) {
  return () => {
    const sets = [line("train", column("train_" + what), "train", { borderWidth: 1.8 })];
    const validation = column("validation_" + what);
    if (some(validation)) sets.push(line("validation", validation, "validation"));
    return lines(epochs, sets, format, yOptions, { plugins: [bestMark] });
  };
}

function wide(values) {
  const positive = values.filter((v) => v !== null && v > 0);
  return positive.length > 1 && Math.max(...positive) / Math.min(...positive) > 100;
}

plot("loss", pair("loss", short, wide(column("train_loss")) ? { type: "logarithmic" } : {}));
plot("accuracy", pair("accuracy", percent, {}));
plot("rate", () => lines(epochs, [line("learning rate", column("learning_rate"), "third", { stepped: true, pointRadius: 0 })], short,
  wide(column("learning_rate")) ? { type: "logarithmic" } : { beginAtZero: true }));
plot("speed", () => lines(epochs, [line("samples per second", column("samples_per_second"), "fourth")], (v) => Math.round(v).toLocaleString("en"), { beginAtZero: true }));
