package io.kiln.spark.fit;

import io.kiln.nn.data.SampleSpec;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is known of the data of a fit before it begins.
 *
 * @param spec shapes of one sample
 * @param train samples to learn from
 * @param validation samples to choose by
 * @param test samples to be looked at once
 * @param fingerprint of them all, 64 hex digits
 * @param fitted what was learnt from them, as settings of the data section
 * @param notes what the user should know
 * @param placement where they are
 * @param why they are there
 */
public record DataFacts(
    SampleSpec spec,
    long train,
    long validation,
    long test,
    String fingerprint,
    Map<String, Object> fitted,
    List<String> notes,
    Placement placement,
    String why) {
  /** Where samples are. */
  public enum Placement {
    /** All of them at every worker. */
    REPLICATE,
    /** At every worker those of its own shards. */
    SHARD
  }

  /** Copies the collections. */
  public DataFacts {
    fitted = Collections.unmodifiableMap(new LinkedHashMap<>(fitted));
    notes = List.copyOf(notes);
  }
}
