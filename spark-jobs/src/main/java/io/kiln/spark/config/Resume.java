package io.kiln.spark.config;

import io.kiln.nn.config.ConfigException;

/** What becomes of a run or a sweep that is there already. */
public enum Resume {
  /** A new one begins, in a folder of its own. */
  NO,
  /** It goes on; that it is not there is an error. */
  YES,
  /** It goes on; if it is not there one begins, and if it is done nothing happens. */
  AUTO;

  /**
   * What was typed behind {@code --resume}.
   *
   * @throws ConfigException if it is none of them
   */
  public static Resume of(String text) {
    return switch (text) {
      case "" -> YES;
      case "auto" -> AUTO;
      default ->
          throw new ConfigException(
              "--resume: '" + text + "' came but --resume or --resume=auto is needed");
    };
  }
}
