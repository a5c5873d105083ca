package io.kiln.nn.check;

import static io.kiln.nn.autograd.GradientCheck.random;

import io.kiln.nn.op.Add;
import io.kiln.nn.op.Affine;
import io.kiln.nn.op.Relu;
import io.kiln.nn.op.Reshape;
import io.kiln.nn.op.SoftmaxCrossEntropy;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/** Dense, rectifier, reshaping, sum, and softmax cross-entropy. */
final class BasicCases {
  private BasicCases() {}

  static List<OpCase> all() {
    Tensor labels = Tensor.of(DType.FLOAT64, Shape.of(5), 0, 2, 1, 2, -1);
    return List.of(
        OpCase.of(
            "affine",
            v -> Affine.of(v.get(0), v.get(1), v.get(2)),
            random(1, 4, 6),
            random(2, 3, 6),
            random(3, 3)),
        OpCase.of(
            "affine/many-columns",
            v -> Affine.of(v.get(0), v.get(1), v.get(2)),
            random(1, 2, 260),
            random(2, 3, 260),
            random(3, 3)),
        OpCase.of(
            "affine/no-bias", v -> Affine.of(v.get(0), v.get(1)), random(1, 4, 6), random(2, 3, 6)),
        OpCase.of(
            "affine/shared-weight",
            v -> Affine.of(Affine.of(v.get(0), v.get(1)), v.get(1)),
            random(1, 4, 5),
            random(2, 5, 5)),
        OpCase.of("relu", v -> Relu.of(v.get(0)), random(4, 5, 7)),
        OpCase.of("reshape", v -> Reshape.of(v.get(0), Shape.of(6, 2)), random(5, 3, 4)),
        OpCase.of("add", v -> Add.of(v.get(0), v.get(1)), random(6, 3, 4), random(7, 3, 4)),
        OpCase.of("add/twice-the-same", v -> Add.of(v.get(0), v.get(0)), random(6, 3, 4)),
        OpCase.with(
            "softmax-cross-entropy",
            labels,
            (v, c) -> SoftmaxCrossEntropy.of(v.get(0), c.get(0)),
            random(8, 5, 3)));
  }
}
