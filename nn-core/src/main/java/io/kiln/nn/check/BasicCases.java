package io.kiln.nn.check;

import static io.kiln.nn.check.Waves.numbers;
import static io.kiln.nn.check.Waves.wave;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.op.algebra.Affine;
import io.kiln.nn.op.arithmetic.Add;
import io.kiln.nn.op.arithmetic.Multiply;
import io.kiln.nn.op.arithmetic.OneHot;
import io.kiln.nn.op.arithmetic.Relu;
import io.kiln.nn.op.loss.SoftmaxCrossEntropy;
import io.kiln.nn.op.shape.Reshape;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.SparseRows;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/** Dense, rectifier, reshaping, sum, and softmax cross-entropy. */
final class BasicCases {
  /** A row without values, one with all, a column that no row has. */
  private static final Tensor SPARSE =
      numbers(
          Shape.of(4, 6),
          0,
          0.5,
          0,
          0,
          -2,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          1,
          2,
          0,
          -3,
          0.25,
          5,
          0,
          0,
          0,
          4,
          0,
          0);

  private BasicCases() {}

  private static Var sparse(Var x) {
    return x.tape().sparse(SparseRows.of(x.value()), x.shape().size(0));
  }

  static List<OpCase> all() {
    Tensor labels = numbers(Shape.of(5), 0, 2, 1, 2, -1);
    return List.of(
        OpCase.of(
                "affine",
                v -> Affine.of(v.get(0), v.get(1), v.get(2)),
                wave(1, 4, 6),
                wave(2, 3, 6),
                wave(3, 3))
            .gives(1.748649235, -1.56171678077, 3.40409031605, 1.02279941404)
            .refuses(
                "dense: x is [5, 19] but W is [7, 20]; x needs 20 columns",
                Shape.of(5, 19),
                Shape.of(7, 20),
                Shape.of(7))
            .refuses(
                "dense: b is [20] but W is [7, 20]; b needs [7]",
                Shape.of(5, 20),
                Shape.of(7, 20),
                Shape.of(20))
            .refuses(
                "dense: x is [5, 4, 5] but rank 2 is needed",
                Shape.of(5, 4, 5),
                Shape.of(7, 20),
                Shape.of(7)),
        OpCase.of(
                "affine/many-columns",
                v -> Affine.of(v.get(0), v.get(1), v.get(2)),
                wave(1, 2, 260),
                wave(2, 3, 260),
                wave(3, 3))
            .gives(63.8081577298, -17.9440783327, 35.3940902575, -0.171130568891),
        OpCase.of(
                "affine/no-bias", v -> Affine.of(v.get(0), v.get(1)), wave(1, 4, 6), wave(2, 3, 6))
            .gives(1.3991848327, -1.56171678077, 3.40409031605),
        OpCase.of(
                "affine/shared-weight",
                v -> Affine.of(Affine.of(v.get(0), v.get(1)), v.get(1)),
                wave(1, 4, 5),
                wave(2, 5, 5))
            .gives(-0.0253259316573, 0.75423173173, -1.39428604954),
        OpCase.with(
                "sparse-affine",
                SPARSE,
                (v, c) -> Affine.of(sparse(c.get(0)), v.get(0), v.get(1)),
                wave(2, 3, 6),
                wave(3, 3))
            .gives(1.98189445888, 3.87322975517, 1.02279941404)
            .refuses(
                "dense: x is [5, 19] but W is [7, 20]; x needs 20 columns",
                Shape.of(7, 20),
                Shape.of(7),
                Shape.of(5, 19))
            .refuses(
                "relu: its input is sparse rows of 6 numbers but only a dense layer reads these;"
                    + " begin with a dense layer",
                (v, c) -> Relu.of(sparse(c.get(0))),
                Shape.of(3, 6),
                Shape.of(3),
                Shape.of(5, 6)),
        OpCase.with(
                "sparse-affine/no-bias",
                SPARSE,
                (v, c) -> Affine.of(sparse(c.get(0)), v.get(0)),
                wave(2, 3, 6))
            .gives(1.63243005659, 3.87322975517),
        OpCase.with(
                "sparse-affine/shared-weight",
                SPARSE,
                (v, c) -> Affine.of(Affine.of(sparse(c.get(0)), v.get(0)), v.get(0)),
                wave(2, 6, 6))
            .gives(-11.5370809952, -4.08881748491),
        OpCase.of("relu", v -> Relu.of(v.get(0)), wave(4, 5, 7)).gives(1.2465535179, -1.6128632566),
        OpCase.of("reshape", v -> Reshape.of(v.get(0), Shape.of(6, 2)), wave(5, 3, 4))
            .gives(-0.390120121776, -0.074784861783)
            .refuses(
                "reshape: x is [3, 5] with 15 elements but [6, 2] has 12; the counts must be equal",
                Shape.of(3, 5)),
        OpCase.of("add", v -> Add.of(v.get(0), v.get(1)), wave(6, 3, 4), wave(7, 3, 4))
            .gives(-2.21445044661, -0.074784861783, -0.074784861783)
            .refuses(
                "add: x is [3, 4] but y is [4, 3]; from the right, sizes must be equal or 1",
                Shape.of(3, 4),
                Shape.of(4, 3)),
        OpCase.of("add/twice-the-same", v -> Add.of(v.get(0), v.get(0)), wave(6, 3, 4))
            .gives(-2.50366701458, -0.149569723566),
        OpCase.with(
                "one-hot",
                numbers(Shape.of(2, 3), 0, 3, -1, 2, 2, 0),
                (v, c) -> Multiply.of(v.get(0), OneHot.of(c.get(0), 4)),
                wave(9, 2, 3, 4))
            .gives(0.078357097568, 0.765245145676)
            .refuses(
                "one-hot: the indices need a gradient but have none; make them with tape.constant",
                (v, c) -> OneHot.of(v.get(0), 4),
                Shape.of(2)),
        OpCase.with(
                "softmax-cross-entropy",
                labels,
                (v, c) -> SoftmaxCrossEntropy.of(v.get(0), c.get(0)),
                wave(8, 5, 3))
            .gives(2.80312292451, -0.421747222992)
            .refuses(
                "softmax-cross-entropy: target is [4] but x is [5, 3]; give one class index a row",
                Shape.of(5, 3),
                Shape.of(4))
            .refuses(
                "softmax-cross-entropy: x is [5] but rank 2 is needed", Shape.of(5), Shape.of(5)));
  }
}
