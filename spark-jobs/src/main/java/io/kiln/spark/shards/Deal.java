package io.kiln.spark.shards;

import java.io.Serializable;
import java.math.BigDecimal;

/**
 * Which part a row is dealt to: what its columns say, else by its draw, an unsigned 64-bit number:
 * the lowest draws are the test's, the next the validation's.
 *
 * @param testEnd draws below it, unsigned, are the test's
 * @param validationEnd draws below it that are not the test's are the validation's
 */
record Deal(long testEnd, long validationEnd) implements Serializable {
  /** All rows that no column says anything else of are to be learnt from. */
  static final Deal TRAIN = new Deal(0, 0);

  Part part(RowReader row, RowKey key) {
    if (row.part != Part.TRAIN || validationEnd == 0) {
      return row.part;
    }
    long draw = key.draw();
    if (Long.compareUnsigned(draw, testEnd) < 0) {
      return Part.TEST;
    }
    return Long.compareUnsigned(draw, validationEnd) < 0 ? Part.VALIDATION : Part.TRAIN;
  }

  /** Where the draws of a fraction from a place on end. */
  static long end(long begin, double fraction) {
    return begin
        + new BigDecimal(fraction)
            .multiply(BigDecimal.valueOf(2).pow(64))
            .toBigInteger()
            .longValue();
  }
}
