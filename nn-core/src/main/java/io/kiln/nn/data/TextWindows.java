package io.kiln.nn.data;

import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/**
 * Windows of a sequence of symbols; the target of each symbol is the next one.
 *
 * <p>Shapes: input [window], target [window]; symbols as whole numbers. Window i begins at i ·
 * stride.
 */
public final class TextWindows implements Dataset {
  private final int[] symbols;
  private final int from;
  private final int window;
  private final int stride;
  private final int count;
  private final SampleSpec spec;

  /**
   * Windows of symbols from (inclusive) to (exclusive); the array is shared.
   *
   * @param window symbols of a sample, 1 or more
   * @param stride how far the next window begins, 1 or more
   */
  public TextWindows(
      Vocabulary vocabulary, int[] symbols, int from, int to, int window, int stride) {
    if (window < 1 || stride < 1 || from < 0 || from > to || to > symbols.length) {
      throw new IllegalArgumentException(
          "text: window "
              + window
              + " and stride "
              + stride
              + " over symbols "
              + from
              + " to "
              + to
              + " came but both must be 1 or more and the symbols are "
              + symbols.length);
    }
    this.symbols = symbols;
    this.from = from;
    this.window = window;
    this.stride = stride;
    this.count = to - from <= window ? 0 : (to - from - window - 1) / stride + 1;
    this.spec =
        new SampleSpec(
            List.of(Shape.of(window)), Shape.of(window), vocabulary.size(), vocabulary.symbols());
  }

  @Override
  public int size() {
    return count;
  }

  @Override
  public SampleSpec spec() {
    return spec;
  }

  @Override
  public void read(int index, Batch batch, int row) {
    int begin = from + index * stride;
    for (int i = 0; i < window; i++) {
      batch.input(0).set(row * window + i, symbols[begin + i]);
    }
    readTarget(index, batch.target(), row);
  }

  @Override
  public void readTarget(int index, Tensor targets, int row) {
    int begin = from + index * stride;
    for (int i = 0; i < window; i++) {
      targets.set(row * window + i, symbols[begin + i + 1]);
    }
  }
}
