"use strict";
const format = data.accuracy ? percent : short;
const probe = document.createElement("i");
document.body.append(probe);
/** The colour of a rank, as the picture of all trials has it. */
const rank = (kind) => {
  if (kind === "best") return colour("validation");
  probe.className = kind;
  probe.style.background = "var(--rank)";
  return getComputedStyle(probe).backgroundColor;
};

const sets = data.curves.map((curve) => {
  const best = curve.kind === "best";
  const points = curve.values.map((y, i) => ({ x: i + 1, y, title: curve.title })).filter((p) => known(p.y));
  const cut = curve.end === "stopped" || curve.end === "failed";
  const last = points.length - 1;
  return {
    label: data.metric, points, css: rank(curve.kind), width: best ? 3.2 : 1.4, order: best ? 0 : 1, alpha: best ? 1 : 0.8,
    dots: points.map((_, i) => (i === last && cut ? 5 : curve.rungs.includes(points[i].x) ? 2.5 : points.length === 1 || best ? 3 : 0)), shape: cut ? "crossRot" : "circle",
  };
});
xy("curves", { sets, x: { title: "epoch", format: (v) => String(Number(v.toFixed(2))), whole: true }, y: { format }, mode: "nearest", legend: false, tools: ["log", "zoom"] });

for (const one of data.scatters) {
  const points = (best) => one.points.filter((p) => p.best === best);
  xy(one.id, {
    sets: [
      { label: data.metric, points: points(false), colour: "train", line: false, dots: 3.5, alpha: 0.6, order: 1 },
      { label: data.metric, points: points(true), colour: "validation", line: false, dots: 6 },
    ],
    x: { title: one.key + (one.log ? " (log)" : ""), log: one.log, labels: one.labels || undefined }, y: { format }, mode: "nearest", legend: false, tools: ["log", "zoom"],
  });
}
probe.remove();
