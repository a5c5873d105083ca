package io.kiln.nn.data;

import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Windows of a sequence of symbols; the target of each symbol is the next one.
 *
 * <p>Shapes: input [window], target [window]; symbols as whole numbers. Window i begins at i ·
 * stride. {@linkplain #once Counted once}, a symbol that windows share has a target in the first of
 * them alone, that with most before it.
 */
public final class TextWindows implements Shareable {
  private final Symbols symbols;
  private final int from;
  private final int window;
  private final int stride;
  private final int count;
  private final SampleSpec spec;

  /** Symbols at the beginning of each window but the first whose target is −1. */
  private final int shared;

  /** For each window its place among those that are here, each whole by itself; null of all. */
  private final int @Nullable [] slots;

  /**
   * Windows of symbols from (inclusive) to (exclusive).
   *
   * @param window symbols of a sample, 1 or more
   * @param stride how far the next window begins, 1 or more
   */
  public TextWindows(
      Vocabulary vocabulary, int[] symbols, int from, int to, int window, int stride) {
    this(
        vocabulary,
        Symbols.of(symbols.length, IntStream.of(symbols).max().orElse(0), place -> symbols[place]),
        from,
        to,
        window,
        stride);
  }

  /** Windows of symbols that several parts share. */
  TextWindows(Vocabulary vocabulary, Symbols symbols, int from, int to, int window, int stride) {
    if (window < 1 || stride < 1 || from < 0 || from > to || to > symbols.size()) {
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
              + symbols.size());
    }
    this.symbols = symbols;
    this.from = from;
    this.window = window;
    this.stride = stride;
    this.count = to - from <= window ? 0 : (to - from - window - 1) / stride + 1;
    this.spec =
        new SampleSpec(
            List.of(Shape.of(window)), Shape.of(window), vocabulary.size(), vocabulary.symbols());
    this.shared = 0;
    this.slots = null;
  }

  private TextWindows(
      TextWindows whole, Symbols own, int from, int shared, int @Nullable [] slots) {
    this.symbols = own;
    this.from = from;
    this.window = whole.window;
    this.stride = whole.stride;
    this.count = whole.count;
    this.spec = whole.spec;
    this.shared = shared;
    this.slots = slots;
  }

  /**
   * The same windows, each symbol counted once: what a window has in common with the one before has
   * a target of −1, which losses and accuracies ignore. So windows that overlap measure a network
   * with at least window − stride symbols before each that is counted.
   */
  public TextWindows once() {
    return new TextWindows(this, symbols, from, Math.max(0, window - stride), slots);
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
  public long bytes() {
    return (long) symbols.width() * (count == 0 ? 0 : (count - 1L) * stride + window + 1);
  }

  /** Windows that overlap are kept as the text they are of, where that is less. */
  @Override
  public Dataset share(BitSet samples) {
    int each = window + 1;
    long kept = (long) samples.cardinality() * each;
    if (slots != null || kept * symbols.width() + (long) Integer.BYTES * count >= bytes()) {
      return this;
    }
    Symbols.Builder own = new Symbols.Builder();
    for (int i = samples.nextSetBit(0); i >= 0; i = samples.nextSetBit(i + 1)) {
      for (int j = 0; j < each; j++) {
        own.add(symbols.get(from + i * stride + j));
      }
    }
    return new TextWindows(this, own.build(), 0, shared, Shareable.slots(samples, count));
  }

  private int begin(int index) {
    return slots == null ? from + index * stride : Shareable.slot(slots, index) * (window + 1);
  }

  @Override
  public void read(int index, Batch batch, int row) {
    int begin = begin(index);
    for (int i = 0; i < window; i++) {
      batch.input(0).set(row * window + i, symbols.get(begin + i));
    }
    readTarget(index, batch.target(), row);
  }

  @Override
  public void readTarget(int index, Tensor targets, int row) {
    int begin = begin(index);
    int skipped = index == 0 ? 0 : shared;
    for (int i = 0; i < window; i++) {
      targets.set(row * window + i, i < skipped ? -1 : symbols.get(begin + i + 1));
    }
  }
}
