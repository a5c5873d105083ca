package io.kiln.nn;

import io.kiln.nn.data.Dataset;
import io.kiln.nn.data.Splits;
import io.kiln.nn.data.Subset;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a network is trained and tested on. A part that there is not has no samples.
 *
 * @param train what is learnt from
 * @param validation what choices are made with
 * @param test what is looked at once
 * @param settings how the samples were read, so that others can be read alike; may be empty
 */
public record Data(Dataset train, Dataset validation, Dataset test, Map<String, Object> settings) {
  /** Copies the settings. */
  public Data {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  /** Samples to train on, nothing else. */
  public static Data of(Dataset train) {
    return of(train, Subset.none(train));
  }

  /** Samples to train and to validate on. */
  public static Data of(Dataset train, Dataset validation) {
    return new Data(train, validation, Subset.none(train), Map.of());
  }

  static Data of(Splits splits, Map<String, Object> settings) {
    Map<String, Object> all = new LinkedHashMap<>(settings);
    all.putAll(splits.fitted());
    return new Data(splits.train(), splits.validation(), splits.test(), all);
  }
}
