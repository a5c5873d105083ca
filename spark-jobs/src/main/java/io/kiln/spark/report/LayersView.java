package io.kiln.spark.report;

import io.kiln.nn.train.LayerWatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Weights, gradients and rectifiers on a run's page, no more of them than a page should weigh. */
final class LayersView {
  /** Layers that have histograms: more would make the page heavy. */
  private static final int MOST_LAYERS = 20;

  private static final int MOST_EPOCHS = 16;

  private LayersView() {}

  /** What the template shows; false if nobody looked. */
  static Object of(@Nullable List<LayerWatch.Seen> looks) {
    if (looks == null || looks.isEmpty()) {
      return false;
    }
    LayerWatch.Seen last = looks.get(looks.size() - 1);
    int all = last.layers().size();
    return Map.of(
        "parameters",
        last.layers().stream().limit(MOST_LAYERS).map(LayerWatch.Layer::name).toList(),
        "cut",
        all > MOST_LAYERS
            ? "The first " + MOST_LAYERS + " of " + all + " are shown; all are in report.json."
            : false,
        "hasRectifiers",
        !last.rectifiers().isEmpty(),
        "rectifiers",
        last.rectifiers().stream()
            .map(
                one ->
                    Map.of(
                        "layer", one.layer(),
                        "share", String.format(Locale.ROOT, "%.1f %%", 100 * one.dead()),
                        "width", Page.width(one.dead(), 1)))
            .toList());
  }

  /** What the script draws: few epochs, few layers. */
  static @Nullable List<LayerWatch.Seen> drawn(@Nullable List<LayerWatch.Seen> looks) {
    if (looks == null || looks.isEmpty()) {
      return null;
    }
    List<LayerWatch.Seen> few = new ArrayList<>();
    int every = (looks.size() + MOST_EPOCHS - 1) / MOST_EPOCHS;
    for (int i = (looks.size() - 1) % every; i < looks.size(); i += every) {
      LayerWatch.Seen look = looks.get(i);
      few.add(
          new LayerWatch.Seen(
              look.epoch(), look.layers().stream().limit(MOST_LAYERS).toList(), List.of()));
    }
    return few;
  }
}
