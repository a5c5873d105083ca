package io.kiln.nn.tensor;

/**
 * A contiguous row-major slice of a {@code float[]} or {@code double[]}, with a shape.
 *
 * <p>The array is shared, not copied: slices of one flat parameter array are tensors too. Integer
 * data (class indices, words) are stored as numbers of the same width; every integer below 2²⁴ is
 * exact in float32.
 */
public final class Tensor {
  private final Shape shape;
  private final DType dtype;
  private final float[] floats;
  private final double[] doubles;
  private final int offset;

  private static final float[] NO_FLOATS = new float[0];
  private static final double[] NO_DOUBLES = new double[0];

  private Tensor(Shape shape, DType dtype, float[] floats, double[] doubles, int offset) {
    int length = dtype == DType.FLOAT32 ? floats.length : doubles.length;
    if (offset < 0 || offset > length - shape.count()) {
      throw new IllegalArgumentException(
          "tensor: "
              + shape
              + " at offset "
              + offset
              + " does not fit into "
              + length
              + " numbers; give a longer array");
    }
    this.shape = shape;
    this.dtype = dtype;
    this.floats = floats;
    this.doubles = doubles;
    this.offset = offset;
  }

  /** Zeros of that shape and width. */
  public static Tensor zeros(Shape shape, DType dtype) {
    return dtype == DType.FLOAT32
        ? of(new float[shape.count()], 0, shape)
        : of(new double[shape.count()], 0, shape);
  }

  /** The part of an array that begins at an offset; shares the array. */
  public static Tensor of(float[] array, int offset, Shape shape) {
    return new Tensor(shape, DType.FLOAT32, array, NO_DOUBLES, offset);
  }

  /** The part of an array that begins at an offset; shares the array. */
  public static Tensor of(double[] array, int offset, Shape shape) {
    return new Tensor(shape, DType.FLOAT64, NO_FLOATS, array, offset);
  }

  /** These numbers in that shape and width. */
  public static Tensor of(DType dtype, Shape shape, double... numbers) {
    if (numbers.length != shape.count()) {
      throw new IllegalArgumentException(
          "tensor: " + numbers.length + " numbers came but " + shape + " needs " + shape.count());
    }
    Tensor tensor = zeros(shape, dtype);
    for (int i = 0; i < numbers.length; i++) {
      tensor.set(i, numbers[i]);
    }
    return tensor;
  }

  /** Sizes of the axes. */
  public Shape shape() {
    return shape;
  }

  /** Width of the numbers. */
  public DType dtype() {
    return dtype;
  }

  /** Number of elements. */
  public int count() {
    return shape.count();
  }

  /** Where this tensor begins in its array. */
  public int offset() {
    return offset;
  }

  /**
   * The array below, shared.
   *
   * @throws IllegalArgumentException if this tensor is float64
   */
  public float[] floats() {
    if (dtype != DType.FLOAT32) {
      throw new IllegalArgumentException("tensor: it is float64 but float32 is needed");
    }
    return floats;
  }

  /**
   * The array below, shared.
   *
   * @throws IllegalArgumentException if this tensor is float32
   */
  public double[] doubles() {
    if (dtype != DType.FLOAT64) {
      throw new IllegalArgumentException("tensor: it is float32 but float64 is needed");
    }
    return doubles;
  }

  /** The i-th element in row-major order; for tests, reports and single numbers, not for loops. */
  public double get(int i) {
    return dtype == DType.FLOAT32 ? floats[offset + i] : doubles[offset + i];
  }

  /** Sets the i-th element in row-major order. */
  public void set(int i, double value) {
    if (dtype == DType.FLOAT32) {
      floats[offset + i] = (float) value;
    } else {
      doubles[offset + i] = value;
    }
  }

  /** The same numbers in another shape of equal count; shares the array. */
  public Tensor reshape(Shape other) {
    if (other.count() != shape.count()) {
      throw new IllegalArgumentException(
          "reshape: "
              + shape
              + " has "
              + shape.count()
              + " elements but "
              + other
              + " has "
              + other.count()
              + "; the counts must be equal");
    }
    return new Tensor(other, dtype, floats, doubles, offset);
  }

  /** Rows from (inclusive) to (exclusive) of the outermost axis; shares the array. */
  public Tensor rows(int from, int to) {
    int row = shape.count(1, shape.rank());
    return new Tensor(shape.with(0, to - from), dtype, floats, doubles, offset + from * row);
  }

  /** A part of the flat numbers in a shape of its own; shares the array. */
  public Tensor slice(int from, Shape part) {
    if (from < 0 || from > count() - part.count()) {
      throw new IllegalArgumentException(
          "slice: " + part + " from " + from + " does not fit into " + count() + " numbers");
    }
    return new Tensor(part, dtype, floats, doubles, offset + from);
  }

  /** Whether both begin at the same number of the same array. */
  public boolean sharesWith(Tensor other) {
    return dtype == other.dtype
        && offset == other.offset
        && (dtype == DType.FLOAT32 ? floats == other.floats : doubles == other.doubles);
  }

  /** Sets every element. */
  public void fill(double value) {
    if (dtype == DType.FLOAT32) {
      java.util.Arrays.fill(floats, offset, offset + count(), (float) value);
    } else {
      java.util.Arrays.fill(doubles, offset, offset + count(), value);
    }
  }

  /** Copies all numbers of another tensor of the same count, converting the width if need be. */
  public void copyFrom(Tensor source) {
    if (source.count() != count()) {
      throw new IllegalArgumentException(
          "copy: source is " + source.shape + " but " + shape + " is needed");
    }
    if (source.dtype == dtype) {
      if (dtype == DType.FLOAT32) {
        System.arraycopy(source.floats, source.offset, floats, offset, count());
      } else {
        System.arraycopy(source.doubles, source.offset, doubles, offset, count());
      }
    } else {
      for (int i = 0; i < count(); i++) {
        set(i, source.get(i));
      }
    }
  }

  /** A copy in that width. */
  public Tensor to(DType other) {
    Tensor copy = zeros(shape, other);
    copy.copyFrom(this);
    return copy;
  }

  /** A copy. */
  public Tensor copy() {
    return to(dtype);
  }

  /** The elements as doubles, in row-major order. */
  public double[] toArray() {
    double[] numbers = new double[count()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = get(i);
    }
    return numbers;
  }

  @Override
  public String toString() {
    return dtype.label() + shape;
  }
}
