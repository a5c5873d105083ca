package io.kiln.spark.sweep;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Map;

/** A line of the journal of a sweep. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Entry.Begun.class, name = "begun"),
  @JsonSubTypes.Type(value = Entry.Suggested.class, name = "suggested"),
  @JsonSubTypes.Type(value = Entry.Ended.class, name = "ended"),
  @JsonSubTypes.Type(value = Entry.Rested.class, name = "rested")
})
sealed interface Entry {
  /**
   * The sweep begins.
   *
   * @param config what all trials have in common, see {@link io.kiln.spark.config.ConfigHash#text}
   * @param epochs of a whole trial
   * @param sweep see {@link io.kiln.spark.config.SweepConfig#text}
   * @param fingerprint of the data
   */
  record Begun(String config, int epochs, String sweep, String fingerprint) implements Entry {}

  /** The strategy suggested a trial. */
  record Suggested(int trial, Map<String, Object> values, int epochs) implements Entry {}

  /** One of its fits ended. */
  record Ended(PartEnd end) implements Entry {}

  /**
   * The driver ended.
   *
   * @param seconds the sweep took until then
   */
  record Rested(double seconds) implements Entry {}
}
