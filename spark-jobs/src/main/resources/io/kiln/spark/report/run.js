"use strict";
const rows = data.history;
const steps = data.steps || null;
const perEpoch = rows.length ? rows[rows.length - 1].step / rows[rows.length - 1].epoch : 0;
const byEpoch = perEpoch > 0;
const place = (step) => (byEpoch ? step / perEpoch : step);
const across = { title: byEpoch ? "epoch" : "step", format: (v) => String(Number(v.toFixed(2))), min: 0, max: byEpoch ? Math.max(1, rows[rows.length - 1].epoch) : undefined, whole: byEpoch && rows[rows.length - 1].epoch > 1 };
const epochs = (name) => rows.map((row) => ({ x: row.epoch, y: row[name] === undefined ? null : row[name], title: "epoch " + row.epoch })).filter((p) => known(p.y));
const stepwise = (name) => (steps && steps[name] ? steps.step.map((step, i) => ({ x: place(step), y: steps[name][i], title: "step " + whole(step) })) : []).filter((p) => known(p.y));
const all = ["log", "smooth", "zoom"];
const wide = (points) => { const ys = points.map((p) => p.y).filter((y) => y > 0); return ys.length > 1 && Math.max(...ys) / Math.min(...ys) > 100; };
const best = rows.length > 1 && data.best ? { x: data.best, text: "best: epoch " + data.best } : null;

function learning(id, what, format, low) {
  const series = stepwise(what);
  const epoch = epochs("train_" + what);
  const sets = [];
  if (series.length > 1) sets.push({ label: "train", points: series, colour: "train", smooth: true, width: 1.8, dots: 0 });
  else sets.push({ label: "train", points: epoch, colour: "train", width: 1.8, dots: epoch.length > 40 ? 0 : epoch.length < 3 ? 4 : 2.5 });
  const validation = epochs("validation_" + what);
  if (validation.length) sets.push({ label: "validation", points: validation, colour: "validation", width: 2.2, dots: validation.length > 40 ? 0 : validation.length < 3 ? 5 : 2.5 });
  xy(id, {
    sets, x: across, y: { format, log: what === "loss" && wide(series.length > 1 ? series : epoch) }, tools: all,
    smooth: series.length > 60 ? 0.8 : 0, mark: best && Object.assign({ low }, best),
  });
}
learning("loss", "loss", short, false);
learning("accuracy", "accuracy", percent, true);

const rates = stepwise("learning_rate").length > 1 ? stepwise("learning_rate") : epochs("learning_rate");
xy("rate", { sets: [{ label: "learning rate", points: rates, colour: "third", dots: rates.length < 3 ? 3 : 0 }], x: across, y: { log: wide(rates), min: wide(rates) ? undefined : 0 }, tools: all });

if (steps && steps.step.length > 1) {
  const part = (f) => steps.step.map((step, i) => ({ x: place(step), y: 1000 * f(i), title: "step " + whole(step) }));
  const set = (label, colour, f, fill) => ({ label, colour, points: part(f), dots: 0, width: 1, fill: fill || "-1", alpha: 0.75 });
  const slow = steps.seconds.map((s) => 1000 * s).sort((a, b) => a - b);
  const usual = slow[Math.floor(0.97 * (slow.length - 1))];
  xy("speed", {
    sets: [
      set("computing", "train", (i) => Math.max(0, steps.seconds[i] - steps.data[i] - steps.communicate[i]), "origin"),
      set("exchanging", "validation", (i) => steps.communicate[i]),
      set("reading data", "third", (i) => steps.data[i]),
    ], x: across, y: { format: (v) => short(v) + " ms", min: 0, max: slow[slow.length - 1] > 3 * usual ? Number((1.5 * usual).toPrecision(1)) : undefined }, stacked: true, tools: ["zoom"],
  });
} else {
  xy("speed", { sets: [{ label: "samples per second", points: epochs("samples_per_second"), colour: "fourth" }], x: across, y: { format: whole, min: 0 }, tools: ["zoom"] });
}

const answers = data.answers || {};
const unit = { min: 0, max: 1 };
function scores(id, x, y, xTitle, yTitle, diagonal) {
  if (!answers.scores) return;
  const many = answers.scores.length > 1;
  const sets = answers.scores.map((one, i) => ({
    label: one.name, points: one[x].map((v, k) => ({ x: v, y: one[y][k], title: xTitle + " " + short(v) })), dots: 0, order: i === 0 ? 0 : 1,
    css: i === 0 ? colour("validation") : "hsl(" + Math.round(200 + 290 * i / answers.scores.length) + " 55% 52%)", width: i === 0 ? 2.8 : 1.2,
  }));
  xy(id, { sets, x: Object.assign({ title: xTitle }, unit), y: Object.assign({ title: yTitle }, unit), tools: ["zoom"], legend: !many ? false : answers.scores.length <= 4, diagonal });
}
scores("roc", "false_positives", "true_positives", "false positive rate", "true positive rate", true);
scores("pr", "recall", "precision", "recall", "precision", false);

if (answers.calibration) {
  const c = answers.calibration;
  const most = Math.max(...c.count);
  xy("calibration", {
    sets: [{ label: "share of right answers", points: c.confidence.map((x, i) => ({ x, y: c.accuracy[i], title: whole(c.count[i]) + " answers, mean confidence " + percent(x) })), colour: "train", dots: c.count.map((n) => 3 + 9 * Math.sqrt(n / most)), alpha: 0.85 }],
    x: Object.assign({ title: "confidence", format: percent }, unit), y: Object.assign({ title: "right", format: percent }, unit), diagonal: true, mode: "nearest", legend: false,
  });
}
if (answers.pairs) {
  const { truth, answer } = answers.pairs;
  const lo = Math.min(...truth, ...answer), hi = Math.max(...truth, ...answer);
  xy("pairs", { sets: [{ label: "answer", points: truth.map((x, i) => ({ x, y: answer[i] })), colour: "train", line: false, dots: 2.2, alpha: 0.45 }], x: { title: "true", min: lo, max: hi }, y: { title: "predicted", min: lo, max: hi }, diagonal: true, mode: "nearest", legend: false, tools: ["zoom"] });
  xy("residuals", { sets: [{ label: "off by", points: answer.map((x, i) => ({ x, y: x - truth[i] })), colour: "fourth", line: false, dots: 2.2, alpha: 0.45 }], x: { title: "predicted" }, y: { title: "predicted − true" }, zero: true, mode: "nearest", legend: false, tools: ["zoom"] });
}

if (data.layers) {
  const looks = data.layers;
  const names = looks[looks.length - 1].layers.map((l) => l.name);
  const tone = (i) => "hsl(" + Math.round((215 + 300 * i / names.length) % 360) + " 60% 50%)";
  const curve = (pick) => names.map((name, i) => ({
    label: name, css: tone(i), width: 1.6,
    points: looks.map((look) => { const l = look.layers.find((one) => one.name === name); return { x: look.epoch, y: l ? pick(l) : null, title: "epoch " + look.epoch }; }).filter((p) => known(p.y)),
  }));
  for (const [id, pick] of [["weights", (l) => l.weights.norm], ["gradients", (l) => l.gradient.norm]]) {
    xy(id, { sets: curve(pick), x: { title: "epoch" }, y: { log: true }, tools: ["log", "zoom"], legend: names.length <= 6 });
  }
  document.querySelectorAll("canvas[data-hist]").forEach((canvas) => hist(canvas, looks));
}

/** A histogram an epoch, side by side: the darker, the more numbers are there. */
function hist(canvas, looks) {
  const [name, which] = [canvas.dataset.hist, canvas.dataset.which];
  const seen = looks.map((look) => look.layers.find((l) => l.name === name)).filter(Boolean).map((l) => l[which]);
  const paint = () => {
    const ratio = devicePixelRatio || 1, w = canvas.clientWidth, h = canvas.clientHeight, left = 52, bottom = 16;
    canvas.width = w * ratio; canvas.height = h * ratio;
    const ctx = canvas.getContext("2d");
    ctx.scale(ratio, ratio);
    const lo = Math.min(...seen.map((s) => s.min)), hi = Math.max(...seen.map((s) => s.max));
    const y = (v) => (h - bottom) * (1 - (hi > lo ? (v - lo) / (hi - lo) : 0.5));
    seen.forEach((s, i) => {
      const total = Math.max(...s.counts), bar = (s.max - s.min) / s.counts.length;
      const x0 = left + (w - left) * i / seen.length, x1 = left + (w - left) * (i + 1) / seen.length;
      s.counts.forEach((n, k) => {
        if (!n) return;
        ctx.fillStyle = faded(colour(which === "weights" ? "train" : "validation"), 0.12 + 0.88 * n / total);
        const a = y(s.min + bar * (k + 1)), b = y(s.min + bar * k);
        ctx.fillRect(x0, a, Math.max(1, x1 - x0 - 1), Math.max(1, b - a + 0.3));
      });
    });
    ctx.fillStyle = colour("soft"); ctx.font = "11px system-ui, sans-serif"; ctx.textAlign = "right";
    ctx.fillText(short(hi), left - 5, 10);
    ctx.fillText(short(lo), left - 5, h - bottom);
    ctx.textAlign = "left";
    ctx.fillText("epoch " + looks[0].epoch, left, h - 3);
    ctx.textAlign = "right";
    if (seen.length > 1) ctx.fillText(String(looks[looks.length - 1].epoch), w, h - 3);
  };
  drawn.push({ hist: paint });
  paint();
}
