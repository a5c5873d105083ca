package io.kiln.spark.shards;

/** The parts of a table. */
public enum Part {
  /** What is learnt from. */
  TRAIN(0),
  /** What choices are made with. */
  VALIDATION(1),
  /** What is looked at once. */
  TEST(2);

  /** Number of parts. */
  static final int COUNT = 3;

  private final int place;

  Part(int place) {
    this.place = place;
  }

  /** Where this part stands among all. */
  int place() {
    return place;
  }

  /** Where a shard of this part stands among all shards of all parts. */
  int partition(int shard, int shards) {
    return place * shards + shard;
  }

  /** The part that a place among all shards of all parts belongs to. */
  static Part of(int partition, int shards) {
    for (Part part : values()) {
      if (part.place == partition / shards) {
        return part;
      }
    }
    throw new IllegalArgumentException(
        "shards: partition " + partition + " came but there are " + COUNT + " times " + shards);
  }
}
