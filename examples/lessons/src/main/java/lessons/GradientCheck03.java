package lessons;

import io.kiln.nn.autograd.GradientCheck;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.op.Ops;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/** Lesson 3: a gradient is right if it is what small steps say. */
public final class GradientCheck03 {
  private GradientCheck03() {}

  /** Runs the lesson. */
  public static void main(String[] arguments) {
    double right =
        GradientCheck.maxRelativeError(
            x -> OwnOp02.Square.of(x.get(0)), List.of(GradientCheck.random(1, 4, 3)));
    System.out.println("x²: relative error " + right);
    Lessons.expect(right < 1e-9, "the gradient of the square is wrong");

    // A whole layer with its softmax: x [5, 3], w [2, 3], b [2].
    double layer =
        GradientCheck.maxRelativeError(
            leaves -> {
              Var scores = Ops.affine(leaves.get(0), leaves.get(1), leaves.get(2));
              return Ops.logSoftmax(Ops.tanh(scores), 1);
            },
            List.of(
                GradientCheck.random(1, 5, 3),
                GradientCheck.random(2, 2, 3),
                GradientCheck.random(3, 2)));
    System.out.println("log softmax of a layer: relative error " + layer);
    Lessons.expect(layer < 1e-8, "the gradient of the layer is wrong");

    // At a corner there is no slope: the tape says 0, small steps to both sides say 1/2.
    double corner =
        GradientCheck.maxRelativeError(
            x -> Ops.relu(x.get(0)), List.of(Tensor.zeros(Shape.of(2), DType.FLOAT64)));
    System.out.println("max(x, 0) at 0: relative error " + corner);
    Lessons.expect(corner > 0.5, "a check at a corner says nothing");
  }
}
