package io.kiln.nn.tensor;

/** Width of the numbers in a tensor. */
public enum DType {
  /** IEEE 754 single precision, the width of training. */
  FLOAT32("float32", 4),
  /** IEEE 754 double precision, the width of gradient checks. */
  FLOAT64("float64", 8);

  private final String label;
  private final int bytes;

  DType(String label, int bytes) {
    this.label = label;
    this.bytes = bytes;
  }

  /** Name in configurations: {@code float32} or {@code float64}. */
  public String label() {
    return label;
  }

  /** Bytes of one number. */
  public int bytes() {
    return bytes;
  }

  /**
   * The width of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static DType of(String label) {
    for (DType type : values()) {
      if (type.label.equals(label)) {
        return type;
      }
    }
    throw new IllegalArgumentException(
        "precision: '" + label + "' is not known; use float32 or float64");
  }
}
