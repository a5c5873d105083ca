package lessons;

import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.op.Ops;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.Arrays;

/** Lesson 2: an operation of one's own says how values go forward and gradients back. */
public final class OwnOp02 {
  private OwnOp02() {}

  /** y = x², elementwise; dx = 2·x·dy. */
  static final class Square extends Op {
    private Square(Var x) {
      super(x.shape(), x);
    }

    static Var of(Var x) {
      return x.tape().apply(new Square(x));
    }

    @Override
    protected void forward() {
      Tensor x = input(0).value();
      Tensor y = output().value();
      for (int i = 0; i < x.count(); i++) {
        y.set(i, x.get(i) * x.get(i));
      }
    }

    @Override
    protected void backward() {
      Var x = input(0);
      // Where a variable is used more than once, gradTarget is room of its own and gradDone adds it.
      Tensor dx = x.gradTarget();
      Tensor dy = output().grad();
      for (int i = 0; i < dx.count(); i++) {
        dx.set(i, 2 * x.value().get(i) * dy.get(i));
      }
      x.gradDone();
    }
  }

  /** Runs the lesson. */
  public static void main(String[] arguments) {
    Tape tape = new Tape(DType.FLOAT64);
    Var x = tape.variable(Tensor.of(DType.FLOAT64, Shape.of(3), 1, -2, 3));
    Var y = Ops.sum(Ops.add(Square.of(x), x));
    tape.forward();
    tape.backward(y);
    System.out.println("sum of x² + x = " + y.value().get(0));
    System.out.println("its gradient: " + Arrays.toString(x.grad().toArray()));
    Lessons.expect(y.value().get(0) == 16, "the value is wrong");
    Lessons.expect(x.grad().get(1) == 2 * -2 + 1, "the gradient is wrong");
  }
}
