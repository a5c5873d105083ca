"use strict";
// What the run page and the sweep page share: charts in the colours of the page, drawn again when those change.
const data = JSON.parse(document.getElementById("data").textContent);
const drawn = [];
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();

function plot(id, config) {
  const canvas = document.getElementById(id);
  if (canvas && typeof Chart !== "undefined") {
    drawn.push({ canvas, config, chart: new Chart(canvas, config()) });
  }
}

function redraw() {
  for (const one of drawn) {
    one.chart.destroy();
    one.chart = new Chart(one.canvas, one.config());
  }
}

function short(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  return size >= 1e-3 && size < 1e5 ? String(Number(value.toPrecision(4))) : value.toExponential(1);
}
const percent = (value) => Number((100 * value).toFixed(2)) + " %";

/** A little room above and below, but none below 0 for what is never negative, nor above 1 for accuracies. */
function room(axis) {
  if (axis.type === "logarithmic" || !(axis.max > axis.min)) return;
  const more = 0.04 * (axis.max - axis.min);
  if (!(axis.min >= 0 && axis.min < more)) axis.min -= more;
  if (!(axis.max <= 1 && axis.max + more > 1)) axis.max += more;
}

function axes(yFormat, yOptions, xTitle) {
  const grid = { color: colour("line"), drawTicks: false };
  const border = { display: false };
  return {
    x: {
      grid: { display: false }, border,
      title: { display: true, text: xTitle, color: colour("faint"), font: { size: 11 } },
      ticks: { color: colour("soft"), maxRotation: 0, autoSkipPadding: 12 },
    },
    y: Object.assign({ grid, border, afterDataLimits: room, ticks: { color: colour("soft"), padding: 6, maxTicksLimit: 7, callback: (v) => yFormat(v) } }, yOptions),
  };
}

function line(label, values, name, more) {
  return Object.assign({
    label, data: values, borderColor: colour(name), backgroundColor: colour(name), borderWidth: 2.2,
    pointRadius: values.length > 40 ? 0 : 2.5, pointHoverRadius: 5, tension: 0.25, spanGaps: true, cubicInterpolationMode: "monotone",
  }, more);
}

function lines(labels, datasets, yFormat, yOptions, more) {
  return Object.assign({
    type: "line",
    data: { labels, datasets },
    options: {
      responsive: true, maintainAspectRatio: false, animation: false,
      interaction: { mode: "index", intersect: false },
      scales: axes(yFormat, yOptions, "epoch"),
      plugins: {
        legend: { display: datasets.length > 1, align: "end", labels: { color: colour("text"), usePointStyle: true, pointStyle: "line", boxWidth: 22 } },
        tooltip: { callbacks: { title: (items) => "epoch " + items[0].label, label: (item) => item.dataset.label + ": " + (item.raw === null ? "–" : yFormat(item.raw)) } },
      },
    },
  }, more);
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
addEventListener("beforeprint", () => {
  document.querySelectorAll("details").forEach((d) => { d.open = true; });
  redraw();
});
addEventListener("afterprint", redraw);
