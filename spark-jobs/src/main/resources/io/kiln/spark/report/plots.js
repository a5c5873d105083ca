"use strict";
// What the pages share: charts in the colours of the page, drawn again when those change; their tools; tables that sort; copying.
const data = JSON.parse(document.getElementById("data").textContent);
const drawn = [];
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
const known = (v) => v !== null && v !== undefined && !(typeof v === "number" && !isFinite(v));

function short(value) {
  if (!known(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e4 && size < 1e6) return String(Math.round(value));
  return size >= 1e-3 && size < 1e4 ? String(Number(value.toPrecision(size < 10 ? 4 : 5))) : value.toExponential(1);
}
const percent = (value) => (known(value) ? Number((100 * value).toFixed(2)) + " %" : "–");
const whole = (value) => Math.round(value).toLocaleString("en");

/** A colour with an opacity, from any CSS colour. */
function faded(css, alpha) {
  const probe = faded.context || (faded.context = document.createElement("canvas").getContext("2d"));
  probe.fillStyle = css;
  const hex = probe.fillStyle;
  return hex[0] === "#" ? hex + Math.round(255 * alpha).toString(16).padStart(2, "0") : hex;
}

/** Exponential moving average, corrected for its beginning; gaps stay gaps. */
function smoothed(points, weight) {
  let mean = 0, seen = 0;
  return points.map((p) => {
    if (!known(p.y)) return p;
    mean = weight * mean + (1 - weight) * p.y;
    seen = weight * seen + (1 - weight);
    return { x: p.x, y: mean / seen, title: p.title };
  });
}

if (typeof Chart !== "undefined") {
  /** In every set the point nearest to the pointer, from side to side. */
  Chart.Interaction.modes.each = (chart, event) => {
    const { x } = Chart.helpers.getRelativePosition(event, chart);
    return near(chart, chart.scales.x.getValueForPixel(x));
  };
}

function near(chart, x) {
  const items = [];
  const width = (chart.scales.x.max - chart.scales.x.min) / 12;
  for (const meta of chart.getSortedVisibleDatasetMetas()) {
    if (chart.data.datasets[meta.index].silent) continue;
    let best = -1, least = Infinity;
    meta._parsed.forEach((p, i) => {
      const away = Math.abs(p.x - x);
      if (away < least && isFinite(p.y)) { least = away; best = i; }
    });
    if (best >= 0 && least <= width) items.push({ element: meta.data[best], datasetIndex: meta.index, index: best });
  }
  return items;
}

/**
 * A chart of curves or points.
 * spec: sets [{label, points: [{x, y, title}], colour, css, width, dash, dots, line, smooth, alpha, shape}],
 * x and y {title, format, log, min, max, labels, bool}, tools ["log", "smooth", "zoom"], mode, legend, mark {x, text}, diagonal, zero.
 */
function xy(id, spec) {
  const canvas = document.getElementById(id);
  if (!canvas || typeof Chart === "undefined") return;
  const state = { log: Boolean(spec.y.log), smooth: spec.smooth || 0, min: undefined, max: undefined };
  const one = { canvas, spec, state };
  drawn.push(one);
  tools(one);
  draw(one);
  keys(one);
  drag(one);
}

function draw(one) {
  const { canvas, spec, state } = one;
  if (one.chart) one.chart.destroy();
  const sets = [];
  for (const set of spec.sets) {
    const css = set.css || colour(set.colour || "train");
    const base = {
      label: set.label, data: set.points, borderColor: set.alpha ? faded(css, set.alpha) : css, backgroundColor: set.alpha ? faded(css, set.alpha) : css,
      borderWidth: set.width || 2, borderDash: set.dash || [], tension: 0, spanGaps: true, stepped: set.stepped || false, fill: set.fill || false,
      showLine: set.line !== false, order: set.order || 0, pointStyle: set.shape || "circle", stack: set.stack,
      pointRadius: set.dots !== undefined ? set.dots : set.points.length > 40 ? 0 : 2.5, pointHoverRadius: 5, pointHitRadius: 6, silent: set.silent, clip: 6,
    };
    if (set.smooth && state.smooth > 0 && set.points.length > 2) {
      sets.push(Object.assign({}, base, { borderColor: faded(css, 0.25), backgroundColor: faded(css, 0.25), borderWidth: 1, pointRadius: 0, silent: true, label: "" }));
      sets.push(Object.assign({}, base, { data: smoothed(set.points, state.smooth), pointRadius: 0 }));
    } else {
      sets.push(base);
    }
  }
  one.chart = new Chart(canvas, {
    type: "line",
    data: { datasets: sets },
    options: {
      responsive: true, maintainAspectRatio: false, animation: false,
      interaction: spec.mode === "nearest" ? { mode: "nearest", intersect: true } : { mode: "each", intersect: false },
      scales: { x: axis(spec.x, spec.x.log, state, false), y: axis(spec.y, state.log, {}, true, spec.stacked) },
      plugins: {
        legend: {
          display: spec.legend !== false && sets.filter((s) => s.label).length > 1, align: "end",
          labels: { color: colour("text"), usePointStyle: true, pointStyle: "line", boxWidth: 22, filter: (item) => Boolean(item.text) },
        },
        tooltip: {
          filter: (item) => Boolean(item.dataset.label),
          callbacks: {
            title: (items) => (items.length ? items[0].raw.title || (spec.x.name || spec.x.title) + " " + (spec.x.format || short)(items[0].parsed.x) : ""),
            label: (item) => item.dataset.label + ": " + (spec.y.format || short)(item.parsed.y),
          },
        },
      },
    },
    plugins: [marks(spec)],
  });
}

function axis(which, log, state, vertical, stacked) {
  const format = which.format || short;
  const made = {
    type: which.labels ? "linear" : log ? "logarithmic" : "linear", stacked: Boolean(stacked),
    grid: vertical ? { color: colour("line"), drawTicks: false } : { display: false }, border: { display: false },
    title: { display: Boolean(which.title), text: which.title, color: colour("soft"), font: { size: 11 } },
    ticks: { color: colour("soft"), padding: vertical ? 6 : 3, maxTicksLimit: 7, maxRotation: 0, autoSkipPadding: 12, callback: (v) => (which.labels ? which.labels[v] ?? "" : format(v)) },
    min: state.min !== undefined ? state.min : which.min, max: state.max !== undefined ? state.max : which.max,
  };
  if (which.labels) { made.min = -0.5; made.max = which.labels.length - 0.5; made.ticks.stepSize = 1; made.ticks.maxTicksLimit = 20; made.afterBuildTicks = (a) => { a.ticks = which.labels.map((_, i) => ({ value: i })); }; }
  if (log && !which.labels) made.afterBuildTicks = (a) => { a.ticks = decades(a.min, a.max).map((value) => ({ value })); };
  if (which.whole && state.min === undefined) made.ticks.precision = 0;
  if (vertical) made.afterDataLimits = room;
  return made;
}

/** Few round numbers between two, on a logarithmic axis. */
function decades(min, max) {
  const all = [];
  for (let e = Math.floor(Math.log10(min)); e <= Math.ceil(Math.log10(max)); e++) for (const m of [1, 2, 5]) all.push(m * 10 ** e);
  let inside = all.filter((v) => v >= min * 0.999 && v <= max * 1.001);
  if (inside.length > 7) inside = inside.filter((v) => Math.abs(Math.log10(v) - Math.round(Math.log10(v))) < 1e-9);
  while (inside.length > 7) inside = inside.filter((_, i) => i % 2 === 0);
  return inside.length > 1 ? inside : [min, max];
}

/** A little room above and below, but none below 0 for what is never negative, nor above 1 for accuracies. */
function room(a) {
  if (a.type === "logarithmic" || !(a.max > a.min)) return;
  const more = 0.04 * (a.max - a.min);
  if (!(a.min >= 0 && a.min < more)) a.min -= more;
  if (!(a.max <= 1 && a.max + more > 1)) a.max += more;
}

/** A line at one place with its words; a diagonal; a line at 0. */
function marks(spec) {
  return {
    id: "marks",
    beforeDatasetsDraw(chart) {
      const { ctx, chartArea: area, scales } = chart;
      const stroke = (ax, ay, bx, by, name) => {
        ctx.save();
        ctx.beginPath(); ctx.rect(area.left, area.top, area.width, area.height); ctx.clip();
        ctx.strokeStyle = colour(name); ctx.setLineDash([4, 4]);
        ctx.beginPath(); ctx.moveTo(ax, ay); ctx.lineTo(bx, by); ctx.stroke();
        ctx.restore();
      };
      if (spec.diagonal) {
        const least = Math.max(scales.x.min, scales.y.min), most = Math.min(scales.x.max, scales.y.max);
        stroke(scales.x.getPixelForValue(least), scales.y.getPixelForValue(least), scales.x.getPixelForValue(most), scales.y.getPixelForValue(most), "faint");
      }
      if (spec.zero) stroke(area.left, scales.y.getPixelForValue(0), area.right, scales.y.getPixelForValue(0), "faint");
      if (spec.mark && spec.mark.x >= scales.x.min && spec.mark.x <= scales.x.max) {
        const x = scales.x.getPixelForValue(spec.mark.x);
        stroke(x, area.top, x, area.bottom, "good");
        const left = x > (area.left + area.right) / 2;
        ctx.save();
        ctx.fillStyle = colour("good"); ctx.font = "11px system-ui, sans-serif"; ctx.textAlign = left ? "right" : "left";
        ctx.fillText(spec.mark.text, x + (left ? -5 : 5), spec.mark.low ? area.bottom - 6 : area.top + 10);
        ctx.restore();
      }
    },
  };
}

function button(text, title, press) {
  const made = document.createElement("button");
  made.type = "button"; made.textContent = text; made.title = title;
  made.addEventListener("click", () => press(made));
  return made;
}

function tools(one) {
  const { canvas, spec, state } = one;
  if (!spec.tools) return;
  const name = canvas.closest("figure").querySelector("h3").textContent;
  const bar = document.createElement("div");
  bar.className = "tools";
  if (spec.tools.includes("smooth") && spec.sets.some((s) => s.smooth && s.points.length > 20)) {
    const label = document.createElement("label");
    const slider = document.createElement("input");
    slider.type = "range"; slider.min = 0; slider.max = 0.98; slider.step = 0.02; slider.value = state.smooth;
    slider.setAttribute("aria-label", name + ": smoothing");
    slider.addEventListener("input", () => { state.smooth = Number(slider.value); draw(one); });
    label.append("smooth", slider);
    bar.append(label);
  }
  if (spec.tools.includes("log") && spec.sets.every((s) => s.points.every((p) => !known(p.y) || p.y > 0))) {
    const log = button("log", "Logarithmic or linear scale", () => { state.log = !state.log; log.setAttribute("aria-pressed", state.log); draw(one); });
    log.setAttribute("aria-pressed", state.log);
    log.setAttribute("aria-label", name + ": log scale");
    bar.append(log);
  }
  one.whole = button("whole", "Back to the whole curve (0)", () => zoom(one, undefined, undefined));
  one.whole.setAttribute("aria-label", name + ": show the whole curve");
  one.whole.hidden = true;
  bar.append(one.whole);
  canvas.closest(".plot").before(bar);
}

function zoom(one, min, max) {
  one.state.min = min; one.state.max = max;
  if (one.whole) one.whole.hidden = min === undefined;
  draw(one);
}

/** Arrows move from point to point and say what is there; + and − zoom; 0 shows all. */
function keys(one) {
  const { canvas, spec } = one;
  canvas.tabIndex = 0;
  canvas.setAttribute("aria-label", canvas.getAttribute("aria-label") + ". Arrow keys tell its values, plus and minus zoom, 0 shows all.");
  canvas.addEventListener("keydown", (event) => {
    const { x } = one.chart.scales;
    const moves = { ArrowLeft: -1, ArrowRight: 1 };
    if (event.key in moves) {
      if (one.at === undefined) one.at = x.min;
      else one.at = Math.max(x.min, Math.min(x.max, one.at + moves[event.key] * (x.max - x.min) / 40));
      const items = near(one.chart, one.at);
      if (items.length) {
        one.chart.setActiveElements(items);
        one.chart.tooltip.setActiveElements(items, { x: items[0].element.x, y: items[0].element.y });
        one.chart.update("none");
        say((spec.x.name || spec.x.title) + " " + (spec.x.format || short)(one.at) + ": " + items.map((i) => {
          const set = one.chart.data.datasets[i.datasetIndex];
          return set.label + " " + (spec.y.format || short)(set.data[i.index].y);
        }).join(", "));
      }
    } else if (event.key === "+" || event.key === "-") {
      const middle = one.at === undefined ? (x.min + x.max) / 2 : one.at;
      const half = (x.max - x.min) * (event.key === "+" ? 0.25 : 1);
      zoom(one, Math.max(middle - half, one.least ?? (one.least = x.min)), Math.min(middle + half, one.most ?? (one.most = x.max)));
    } else if (event.key === "0" || event.key === "Escape") {
      zoom(one, undefined, undefined);
    } else {
      return;
    }
    event.preventDefault();
  });
}

function say(text) {
  let place = document.getElementById("said");
  if (!place) {
    place = document.createElement("div");
    place.id = "said"; place.className = "hidden"; place.setAttribute("role", "status");
    (document.querySelector("main") || document.body).append(place);
  }
  place.textContent = text;
}

/** Drawing a range from side to side zooms into it; a double click shows all. */
function drag(one) {
  const { canvas, spec } = one;
  if (!spec.tools || !spec.tools.includes("zoom")) return;
  const band = document.createElement("div");
  band.style.cssText = "position:absolute;top:0;bottom:0;background:var(--train);opacity:.15;pointer-events:none;display:none";
  canvas.parentElement.append(band);
  let from;
  const at = (event) => event.clientX - canvas.getBoundingClientRect().left;
  canvas.addEventListener("pointerdown", (event) => { if (event.pointerType === "mouse") from = at(event); });
  addEventListener("pointermove", (event) => {
    if (from === undefined) return;
    const now = at(event);
    band.style.display = Math.abs(now - from) > 6 ? "block" : "none";
    band.style.left = Math.min(from, now) + "px";
    band.style.width = Math.abs(now - from) + "px";
  });
  addEventListener("pointerup", (event) => {
    if (from === undefined) return;
    const now = at(event), began = from;
    from = undefined;
    band.style.display = "none";
    if (Math.abs(now - began) > 6) {
      const { x } = one.chart.scales;
      zoom(one, x.getValueForPixel(Math.min(began, now)), x.getValueForPixel(Math.max(began, now)));
    }
  });
  canvas.addEventListener("dblclick", () => zoom(one, undefined, undefined));
}

function redraw() { drawn.forEach((one) => (one.hist ? one.hist() : draw(one))); }
addEventListener("resize", () => drawn.forEach((one) => one.hist && one.hist()));

/** What a text says as a number, if it is one: 1,017 or 98.1 % or 1.2e-07, and seconds of 3 min 12 s. */
function amount(text) {
  if (/^-?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?(e[+-]?\d+)?( %)?$/.test(text)) return parseFloat(text.replaceAll(",", ""));
  const time = /^(?:(\d+) h ?)?(?:(\d+) min ?)?(?:([\d.]+) s)?$/.exec(text);
  return time && text ? 3600 * (time[1] || 0) + 60 * (time[2] || 0) + Number(time[3] || 0) : text;
}

/** Columns of a table sort by the value of data-v, or by their text. */
for (const table of document.querySelectorAll("table.sortable")) {
  table.querySelectorAll("thead th").forEach((th, column) => {
    if (!th.textContent.trim()) return;
    const press = document.createElement("button");
    press.type = "button"; press.className = "sorts";
    // On paper a key may be broken after a dot.
    press.append(...th.textContent.split(/(?<=[._])/).flatMap((part) => [part, document.createElement("wbr")]));
    th.textContent = "";
    th.append(press);
    press.addEventListener("click", () => {
      const down = th.getAttribute("aria-sort") === "ascending";
      table.querySelectorAll("thead th").forEach((other) => other.removeAttribute("aria-sort"));
      th.setAttribute("aria-sort", down ? "descending" : "ascending");
      const value = (row) => { const cell = row.children[column]; const v = cell.dataset.v; return v === undefined ? amount(cell.textContent) : v === "" ? NaN : Number(v); };
      const body = table.tBodies[0];
      const rows = [...body.rows].sort((a, b) => {
        const x = value(a), y = value(b);
        if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y);
        const order = typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y), "en", { numeric: true });
        return down ? -order : order;
      });
      body.append(...rows);
    });
  });
}

for (const press of document.querySelectorAll("button.copy")) {
  press.addEventListener("click", async () => {
    const text = document.getElementById(press.dataset.from).textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch (refused) {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    press.textContent = "copied";
    setTimeout(() => { press.textContent = "copy"; }, 1500);
  });
}

// What scrolls can be scrolled by keys.
const regions = new Set();
for (const box of document.querySelectorAll(".scroll, .tall")) {
  if (box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight) {
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    const before = box.previousElementSibling;
    const title = box.querySelector("h3") || (before && before.matches("h2, summary") ? before : null);
    let name = title ? title.textContent.trim() : "table";
    while (regions.has(name)) name += ", more";
    regions.add(name);
    box.setAttribute("aria-label", name);
  }
}

const renews = document.getElementById("renews");
if (renews) {
  let timer = setTimeout(() => location.reload(), 15000);
  renews.addEventListener("click", () => {
    const stops = timer !== undefined;
    clearTimeout(timer);
    timer = stops ? undefined : setTimeout(() => location.reload(), 15000);
    renews.textContent = stops ? "renew every 15 s" : "renewed every 15 s – stop";
  });
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
addEventListener("beforeprint", () => {
  document.querySelectorAll("details").forEach((d) => { d.open = true; });
  redraw();
});
addEventListener("afterprint", redraw);
