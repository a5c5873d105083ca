package io.kiln.nn.train;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Comparator;

/**
 * An answer that people are shown.
 *
 * @param sample number of the sample, from 0, in the order of shards
 * @param row its row of outputs, if a sample has several, else 0
 * @param truth right class, or right number in the units of the data
 * @param answer class that was answered, or number likewise
 * @param probability of the answer; NaN for numbers
 * @param badness −ln p of the right class, or the absolute error in the units of the data
 * @param input what the network was given
 */
public record ShownAnswer(
    long sample,
    int row,
    double truth,
    double answer,
    double probability,
    double badness,
    ShownInput input) {
  /** The worst first; of equals the first sample. */
  static final Comparator<ShownAnswer> WORST_FIRST =
      Comparator.comparingDouble(ShownAnswer::badness)
          .reversed()
          .thenComparingLong(ShownAnswer::sample)
          .thenComparingInt(ShownAnswer::row);

  ShownAnswer with(ShownInput shown) {
    return new ShownAnswer(sample, row, truth, answer, probability, badness, shown);
  }

  void write(DataOutputStream out) throws IOException {
    out.writeLong(sample);
    out.writeInt(row);
    out.writeDouble(truth);
    out.writeDouble(answer);
    out.writeDouble(probability);
    out.writeDouble(badness);
    input.write(out);
  }

  static ShownAnswer read(DataInputStream in) throws IOException {
    return new ShownAnswer(
        in.readLong(),
        in.readInt(),
        in.readDouble(),
        in.readDouble(),
        in.readDouble(),
        in.readDouble(),
        ShownInput.read(in));
  }
}
