"use strict";
const hue = (i) => "hsl(" + Math.round((215 + 360 * i / data.length) % 360) + " 65% 50%)";
document.querySelectorAll("[data-run]").forEach((key) => { key.style.background = hue(Number(key.dataset.run)); });
const curve = (run, i, what, more) => Object.assign({
  label: run.label, css: hue(i), points: run[what].map((y, k) => ({ x: k + 1, y, title: "epoch " + (k + 1) })).filter((p) => known(p.y)),
}, more);
const byStep = (run, i) => (run.steps ? Object.assign(curve(run, i, "train_loss"), {
  smooth: true, dots: 0, points: run.steps.step.map((step, k) => ({ x: step / run.per_epoch, y: run.steps.loss[k], title: "step " + whole(step) })).filter((p) => known(p.y)),
}) : curve(run, i, "train_loss"));
const longest = Math.max(1, ...data.map((run) => run.train_loss.length));
const across = { title: "epoch", format: (v) => String(Number(v.toFixed(2))), min: 0, max: longest, whole: longest > 1 };
const all = ["log", "smooth", "zoom"];
xy("train_loss", { sets: data.map(byStep), x: across, y: {}, tools: all, smooth: 0.8, legend: false });
xy("validation_loss", { sets: data.map((run, i) => curve(run, i, "validation_loss")), x: across, y: {}, tools: all, legend: false });
xy("validation_accuracy", {
  sets: data.map((run, i) => curve(run, i, "validation_accuracy")).concat(data.map((run, i) => curve(run, i, "train_accuracy", { label: run.label + ", training", dash: [4, 4], width: 1.2, dots: 0 }))),
  x: across, y: { format: percent }, tools: all, legend: false,
});
