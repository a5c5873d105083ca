package lessons;

import io.kiln.nn.autograd.GradientCheck;
import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.op.Ops;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Tensor;

/** Lesson 12: Einstein's sums write trace, product and batched product in one way. */
public final class Einsum12 {
  private Einsum12() {}

  /** Runs the lesson. */
  public static void main(String[] arguments) {
    Tensor square = GradientCheck.random(1, 5, 5);
    Tensor a = GradientCheck.random(2, 3, 4);
    Tensor b = GradientCheck.random(3, 4, 2);
    Tensor many = GradientCheck.random(4, 6, 3, 4);
    Tensor others = GradientCheck.random(5, 6, 4, 2);
    Tape tape = new Tape(DType.FLOAT64);
    Var trace = Ops.einsum("ii->", tape.constant(square));
    Var product = Ops.einsum("ij,jk->ik", tape.constant(a), tape.constant(b));
    Var batched = Ops.einsum("nij,njk->nik", tape.constant(many), tape.constant(others));
    tape.forward();

    double sum = 0;
    for (int i = 0; i < 5; i++) {
      sum += square.get(6 * i);
    }
    report("trace", Math.abs(trace.value().get(0) - sum));
    report("product", difference(product.value(), 0, a, 0, b, 0));
    double all = 0;
    for (int n = 0; n < 6; n++) {
      all += Math.pow(difference(batched.value(), n * 6, many, n * 12, others, n * 8), 2);
    }
    report("batched product", Math.sqrt(all));
  }

  /** The norm of C − A·B with loops, C [3, 2] at a place, A [3, 4], B [4, 2]. */
  private static double difference(Tensor c, int atC, Tensor a, int atA, Tensor b, int atB) {
    double squares = 0;
    for (int i = 0; i < 3; i++) {
      for (int k = 0; k < 2; k++) {
        double sum = 0;
        for (int j = 0; j < 4; j++) {
          sum += a.get(atA + 4 * i + j) * b.get(atB + 2 * j + k);
        }
        squares += Math.pow(c.get(atC + 2 * i + k) - sum, 2);
      }
    }
    return Math.sqrt(squares);
  }

  private static void report(String what, double norm) {
    System.out.println(what + ": norm of the difference " + norm);
    Lessons.expect(norm < 1e-12, what + " differs");
  }
}
