package io.kiln.spark.shards;

import java.io.Serializable;

/**
 * A column of a table as it is read.
 *
 * @param name in the table
 * @param kind what its cells are
 * @param at its place among the columns that are read
 */
record Column(String name, Kind kind, int at) implements Serializable {
  /** What cells are. */
  enum Kind {
    /** One number. */
    NUMBER,
    /** An array of numbers. */
    NUMBERS,
    /** A vector of Spark ML. */
    VECTOR,
    /** The bytes of an image. */
    IMAGE,
    /** A text. */
    TEXT,
    /** A number that is one of a few: its text counts. */
    CODE;

    boolean isText() {
      return this == TEXT || this == CODE;
    }
  }
}
