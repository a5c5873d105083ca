"use strict";
data.forEach((one, i) => plot("curve" + i, () => {
  const config = lines(one.steps, [
    line("total", one.total, "train"), line("content", one.content, "validation"), line("style", one.style, "third"),
  ], short, { type: "logarithmic" });
  config.options.scales.x.title.text = "step";
  config.options.plugins.tooltip.callbacks.title = (items) => "step " + items[0].label;
  return config;
}));
