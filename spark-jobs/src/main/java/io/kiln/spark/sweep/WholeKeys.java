package io.kiln.spark.sweep;

import io.kiln.nn.config.ConfigException;
import io.kiln.spark.config.Axis;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.config.SweepConfig;
import io.kiln.spark.fit.WholeData;
import io.kiln.spark.search.Space;
import io.kiln.spark.store.HadoopStorage;
import io.kiln.spark.train.TrainRun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which keys of a sweep's space are whole numbers. No list says so, since new layers and optimizers
 * need none: a key is whole if a configuration is refused with a fraction under it, and accepted
 * with the whole number beside.
 */
final class WholeKeys {
  private final RunConfig config;
  private final TrainRun.Prepared prepared;
  private final HadoopStorage storage;

  private WholeKeys(RunConfig config, TrainRun.Prepared prepared, HadoopStorage storage) {
    this.config = config;
    this.prepared = prepared;
    this.storage = storage;
  }

  /** The space of a sweep, whose ranges know whether they are of whole numbers. */
  static Space of(
      RunConfig config, SweepConfig sweep, TrainRun.Prepared prepared, HadoopStorage storage)
      throws IOException {
    return new Space(new WholeKeys(config, prepared, storage).known(sweep.space(), Map.of()));
  }

  /**
   * Axes that know.
   *
   * @param around the choices that they depend on
   */
  private Map<String, Axis> known(Map<String, Axis> axes, Map<String, Object> around)
      throws IOException {
    Map<String, Axis> known = new LinkedHashMap<>();
    for (Map.Entry<String, Axis> entry : axes.entrySet()) {
      Axis axis = entry.getValue();
      if (axis instanceof Axis.Range range && !range.whole()) {
        boolean whole = whole(entry.getKey(), range, around);
        axis = new Axis.Range(range.min(), range.max(), range.log(), whole);
      } else if (axis instanceof Axis.Choices some) {
        List<Axis.Choice> choices = new ArrayList<>();
        for (Axis.Choice choice : some.choices()) {
          Map<String, Object> more = new LinkedHashMap<>(around);
          more.put(entry.getKey(), choice.value());
          choices.add(new Axis.Choice(choice.value(), known(choice.space(), more)));
        }
        axis = new Axis.Choices(choices);
      }
      known.put(entry.getKey(), axis);
    }
    return known;
  }

  private boolean whole(String key, Axis.Range range, Map<String, Object> around)
      throws IOException {
    double least = Math.ceil(range.min());
    if (least > Math.floor(range.max())) {
      return false; // there is no whole number in it
    }
    double fraction =
        least < range.max() ? least + Math.min(0.5, (range.max() - least) / 2) : least;
    if (fraction == least) {
      fraction = least - (least - range.min()) / 2;
    }
    return !accepts(key, fraction, around) && accepts(key, (long) least, around);
  }

  private boolean accepts(String key, Object value, Map<String, Object> around) throws IOException {
    try {
      Map<String, Object> values = new LinkedHashMap<>(around);
      values.put(key, value);
      RunConfig changed = config.with(values);
      TrainRun.check(
          changed,
          key.startsWith("data.")
              ? WholeData.of(changed.data(), prepared.root(), storage)
              : prepared.data(),
          prepared.root(),
          storage);
      return true;
    } catch (ConfigException e) {
      return false;
    }
  }
}
