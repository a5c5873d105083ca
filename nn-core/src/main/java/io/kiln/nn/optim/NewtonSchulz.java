package io.kiln.nn.optim;

import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.kernel.Operand;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;

/**
 * The orthogonal matrix near a matrix, by a few products: X = U / (‖U‖ + 10⁻⁷), then some times X =
 * a·X + (b·XXᵀ + c·(XXᵀ)²)·X with a = 3.4445, b = −4.775, c = 2.0315. Singular values end up
 * between about 0.7 and 1.2; the coefficients are those of Jordan et al. 2024, chosen for a steep
 * slope at 0.
 */
final class NewtonSchulz {
  private static final double A = 3.4445;
  private static final double B = -4.775;
  private static final double C = 2.0315;
  private static final double EPSILON = 1e-7;

  /** One thread's room of each width, as large as the largest matrix yet. */
  private static final ThreadLocal<Room> FLOATS =
      ThreadLocal.withInitial(() -> new Room(DType.FLOAT32));

  private static final ThreadLocal<Room> DOUBLES =
      ThreadLocal.withInitial(() -> new Room(DType.FLOAT64));

  private NewtonSchulz() {}

  /** Room for two small squares, and for the matrix once more. */
  private static final class Room {
    private final DType dtype;
    private final Operand left = new Operand();
    private final Operand right = new Operand();
    private final Operand into = new Operand();
    private Tensor squares;
    private Tensor matrix;

    Room(DType dtype) {
      this.dtype = dtype;
      this.squares = Tensor.zeros(Shape.of(0), dtype);
      this.matrix = squares;
    }

    /** Room of that many numbers, for a while. */
    void reserve(int square, int count) {
      if (squares.count() < 2 * square) {
        squares = Tensor.zeros(Shape.of(2 * square), dtype);
      }
      if (matrix.count() < count) {
        matrix = Tensor.zeros(Shape.of(count), dtype);
      }
    }
  }

  /** Replaces x [rows, columns] by the orthogonal matrix near it. */
  static void orthogonal(Kernels kernels, Tensor x, int rows, int columns, int iterations) {
    boolean tall = rows > columns;
    int side = Math.min(rows, columns);
    int square = side * side;
    Room room = (x.dtype() == DType.FLOAT32 ? FLOATS : DOUBLES).get();
    room.reserve(square, x.count());
    double norm = Math.sqrt(Squares.of(kernels, x));
    kernels.elementwise().scale(1 / (norm + EPSILON), x, x);
    Tensor products = room.squares.slice(0, Shape.of(square));
    Tensor sum = room.squares.slice(square, Shape.of(square));
    Tensor before = room.matrix.slice(0, Shape.of(x.count()));
    for (int i = 0; i < iterations; i++) {
      // P = XXᵀ of the shorter side, S = b·P + c·P².
      Operand own = tall ? room.left.transposed(x, columns) : room.left.of(x, columns);
      Operand other = tall ? room.right.of(x, columns) : room.right.transposed(x, columns);
      int across = x.count() / side;
      kernels.matrix().multiply(side, side, across, 1, own, other, 0, room.into.of(products, side));
      kernels.elementwise().scale(B, products, sum);
      kernels
          .matrix()
          .multiply(
              side,
              side,
              side,
              C,
              room.left.of(products, side),
              room.right.of(products, side),
              1,
              room.into.of(sum, side));
      before.copyFrom(x.reshape(before.shape()));
      // X = a·X + S·X, or a·X + X·S where X has fewer columns than rows.
      kernels
          .matrix()
          .multiply(
              rows,
              columns,
              side,
              1,
              tall ? room.left.of(before, columns) : room.left.of(sum, side),
              tall ? room.right.of(sum, side) : room.right.of(before, columns),
              A,
              room.into.of(x, columns));
    }
  }
}
