"use strict";
const longest = Math.max(0, ...data.curves.map((curve) => curve.values.length));
const numbers = Array.from({ length: longest }, (_, i) => i + 1);
const named = data.curves.length <= 10;
const format = data.accuracy ? percent : short;

plot("curves", () => {
  const sets = data.curves.map((curve) => {
    const best = curve.id === data.best;
    const name = best ? "validation" : "train";
    return line(curve.title, curve.values, name, {
      borderWidth: best ? 3.2 : 1.5, order: best ? 0 : 1, pointRadius: best ? 2.5 : 0,
      borderColor: best ? colour("validation") : colour("train") + (named ? "b0" : "60"),
    });
  });
  const config = lines(numbers, sets, format, {});
  config.options.plugins.legend.display = named && sets.length > 1;
  config.options.interaction = { mode: "nearest", intersect: false };
  return config;
});
