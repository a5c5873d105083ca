package io.kiln.nn.train;

import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * How a network does on some data.
 *
 * @param lossSum summed loss
 * @param weight what the sum is divided by
 * @param errors of the numbers of a regression, in the units of the data
 * @param answered how many targets with a class were answered; 0 for a regression
 * @param right how many of them rightly
 * @param confusion row = true class, column = answer; empty for a regression and for more than
 *     {@value #MOST_CLASSES} classes
 */
public record Evaluation(
    double lossSum,
    double weight,
    NumberErrors errors,
    long answered,
    long right,
    long[][] confusion) {
  /** The most classes a confusion matrix is kept for. */
  public static final int MOST_CLASSES = 1000;

  /** Mean loss; NaN without data. */
  public double loss() {
    return lossSum / weight;
  }

  /** Share of right answers; NaN for a regression or without data. */
  public double accuracy() {
    return answered == 0 ? Double.NaN : (double) right / answered;
  }

  /** Root of the mean squared error; NaN for a classification or without data. */
  public double rmse() {
    return errors.rmse();
  }

  /** Loss and accuracy, or errors, in one line. */
  public String line() {
    String mean = String.format(Locale.ROOT, "loss %.4f", loss());
    return answered == 0
        ? mean + String.format(Locale.ROOT, ", rmse %.4g", rmse())
        : mean + String.format(Locale.ROOT, ", %.2f %% of %d right", 100 * accuracy(), answered);
  }

  /** Rows of the confusion matrix of that many classes. */
  static int rows(int classes) {
    return classes > MOST_CLASSES ? 0 : classes;
  }

  /** Nothing yet, for that many classes. */
  public static Evaluation none(int classes) {
    return new Evaluation(0, 0, NumberErrors.NONE, 0, 0, new long[rows(classes)][rows(classes)]);
  }

  /** Both together; one of them may have no confusion matrix. */
  public Evaluation plus(Evaluation other) {
    int rows = Math.max(confusion.length, other.confusion.length);
    long[][] sum = new long[rows][rows];
    for (long[][] part : new long[][][] {confusion, other.confusion}) {
      for (int i = 0; i < part.length; i++) {
        for (int j = 0; j < part.length; j++) {
          sum[i][j] += part[i][j];
        }
      }
    }
    return new Evaluation(
        lossSum + other.lossSum,
        weight + other.weight,
        errors.plus(other.errors),
        answered + other.answered,
        right + other.right,
        sum);
  }

  /** The same without the confusion matrix. */
  public Evaluation withoutConfusion() {
    return new Evaluation(lossSum, weight, errors, answered, right, new long[0][0]);
  }

  /** All numbers, to be read by {@link #of(ByteBuffer, int)}. */
  public byte[] toBytes() {
    int classes = confusion.length;
    ByteBuffer bytes = ByteBuffer.allocate(size(classes));
    bytes.putDouble(lossSum).putDouble(weight).putLong(answered).putLong(right);
    bytes.putLong(errors.count()).putDouble(errors.squares()).putDouble(errors.absolutes());
    bytes.putDouble(errors.mean()).putDouble(errors.spread());
    for (long[] row : confusion) {
      for (long count : row) {
        bytes.putLong(count);
      }
    }
    return bytes.array();
  }

  /** What {@link #toBytes} wrote, of that many classes. */
  public static Evaluation of(ByteBuffer bytes, int classes) {
    double lossSum = bytes.getDouble();
    double weight = bytes.getDouble();
    long answered = bytes.getLong();
    long right = bytes.getLong();
    NumberErrors errors =
        new NumberErrors(
            bytes.getLong(),
            bytes.getDouble(),
            bytes.getDouble(),
            bytes.getDouble(),
            bytes.getDouble());
    int rows = rows(classes);
    long[][] confusion = new long[rows][rows];
    for (long[] row : confusion) {
      for (int j = 0; j < rows; j++) {
        row[j] = bytes.getLong();
      }
    }
    return new Evaluation(lossSum, weight, errors, answered, right, confusion);
  }

  static int size(int classes) {
    return Long.BYTES * (9 + rows(classes) * rows(classes));
  }
}
