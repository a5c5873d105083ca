package lessons;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.op.Ops;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.Arrays;

/** Lesson 1: tensors are numbers with a shape; what is computed with them is recorded on a tape. */
public final class Tensors01 {
  private Tensors01() {}

  /** Runs the lesson. */
  public static void main(String[] arguments) {
    // Two rows of three numbers, row after row.
    Tensor x = Tensor.of(DType.FLOAT64, Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
    System.out.println("shape " + x.shape() + ", " + x.count() + " numbers, the last is " + x.get(5));

    // A tape first records, then computes: forward() gives every variable its value.
    Tape tape = new Tape(DType.FLOAT64);
    Var a = tape.variable(x);
    Var b = tape.constant(Tensor.of(DType.FLOAT64, Shape.of(3, 2), 1, 0, 0, 1, 1, 1));
    Var product = Ops.matrixMultiply(a, b);
    // [2, 2] plus [2]: the smaller one is repeated, as in numpy.
    Var shifted = Ops.add(product, tape.constant(Tensor.of(DType.FLOAT64, Shape.of(2), 10, 20)));
    Var sum = Ops.sum(shifted);
    tape.forward();
    System.out.println("a·b = " + Arrays.toString(product.value().toArray()));
    System.out.println("sum of a·b + (10, 20) = " + sum.value().get(0));
    Lessons.expect(sum.value().get(0) == 4 + 5 + 10 + 11 + 2 * (10 + 20), "the sum is wrong");

    // And back: how fast the sum grows with each element of a, which is the sum of a row of b.
    tape.backward(sum);
    System.out.println("d sum / d a = " + Arrays.toString(a.grad().toArray()));
    Lessons.expect(a.grad().get(0) == 1 && a.grad().get(2) == 2, "the gradient is wrong");

    // The same tape again, with other numbers in the same place.
    x.fill(1);
    tape.replay();
    System.out.println("with ones: " + sum.value().get(0));
    Lessons.expect(sum.value().get(0) == 8 + 60, "the second sum is wrong");
  }
}
