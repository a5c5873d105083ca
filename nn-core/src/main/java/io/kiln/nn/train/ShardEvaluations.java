package io.kiln.nn.train;

import io.kiln.nn.collective.Collective;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * How a network does on the shards of one worker, and the sum over those of all workers.
 *
 * <p>Losses are added shard by shard in order, whoever evaluated them, so each shard's numbers
 * travel. Counts of a confusion matrix are whole numbers, which add up to the same in any order:
 * each worker sends those of its shards together, and of them the ones above 0 – not {@code
 * classes²} for every shard.
 */
final class ShardEvaluations {
  private final int classes;
  private final Evaluation counts;
  private final ByteArrayOutputStream numbers = new ByteArrayOutputStream();
  private int shards;

  ShardEvaluations(int classes) {
    this.classes = classes;
    this.counts = Evaluation.none(classes);
  }

  /** The next shard of this worker. */
  void add(Evaluation shard) {
    numbers.write(shard.toBytes(), 0, Evaluation.size(0)); // the matrix comes last
    addCounts(shard.confusion());
    shards++;
  }

  private void addCounts(long[][] confusion) {
    for (int i = 0; i < confusion.length; i++) {
      for (int j = 0; j < confusion.length; j++) {
        counts.confusion()[i][j] += confusion[i][j];
      }
    }
  }

  /** The sum over the shards of all workers, in the order of the shards. */
  Evaluation sum(Collective workers) {
    Evaluation sum = Evaluation.none(0);
    ShardEvaluations all = new ShardEvaluations(classes);
    for (byte[] theirs : workers.exchange(toBytes())) {
      ByteBuffer bytes = ByteBuffer.wrap(theirs);
      for (int left = bytes.getInt(); left > 0; left--) {
        sum = sum.plus(Evaluation.of(bytes, 0));
      }
      for (int left = bytes.getInt(); left > 0; left--) {
        int place = bytes.getInt();
        int rows = Evaluation.rows(classes);
        all.counts.confusion()[place / rows][place % rows] += bytes.getLong();
      }
    }
    return all.counts.plus(sum);
  }

  /** How many shards, their numbers, how many counts above 0, the place and value of each. */
  private byte[] toBytes() {
    int entries = 0;
    for (long[] row : counts.confusion()) {
      for (long count : row) {
        entries += count > 0 ? 1 : 0;
      }
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(
            2 * Integer.BYTES + numbers.size() + entries * (Integer.BYTES + Long.BYTES));
    bytes.putInt(shards).put(numbers.toByteArray()).putInt(entries);
    int place = 0;
    for (long[] row : counts.confusion()) {
      for (long count : row) {
        if (count > 0) {
          bytes.putInt(place).putLong(count);
        }
        place++;
      }
    }
    return bytes.array();
  }
}
