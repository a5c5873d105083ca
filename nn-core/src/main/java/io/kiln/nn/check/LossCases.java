package io.kiln.nn.check;

import static io.kiln.nn.autograd.GradientCheck.random;

import io.kiln.nn.kernel.Deviation;
import io.kiln.nn.op.DeviationLoss;
import io.kiln.nn.op.Gram;
import io.kiln.nn.op.MulticlassHinge;
import io.kiln.nn.op.SoftCrossEntropy;
import io.kiln.nn.op.Softmax;
import io.kiln.nn.op.TotalVariation;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Losses. */
final class LossCases {
  private static final Tensor LABELS = Tensor.of(DType.FLOAT64, Shape.of(5), 0, 2, 1, 2, -1);
  private static final Tensor SHARES =
      Tensor.of(DType.FLOAT64, Shape.of(2, 3), 0.2, 0.5, 0.3, 0, 1, 0);

  private LossCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    Tensor numbers = random(51, 4, 3);
    Tensor bits = Tensor.of(DType.FLOAT64, Shape.of(6), 0, 1, 1, 0, 0.3, 1);
    for (Deviation f : Deviation.values()) {
      String name = "deviation-loss/" + f.name().toLowerCase(Locale.ROOT);
      boolean binary = f == Deviation.LOGISTIC || f == Deviation.HINGE;
      cases.add(
          OpCase.with(
              name,
              binary ? bits : numbers,
              (v, c) -> DeviationLoss.of(f, 1.4, 0.5, v.get(0), c.get(0)),
              binary ? random(52, 6) : random(53, 4, 3)));
    }
    Tensor none = Tensor.of(DType.FLOAT64, Shape.of(3), 0.5, 2, 1.25);
    cases.add(
        OpCase.with(
            "soft-cross-entropy/indices-smoothing-weights",
            LABELS,
            (v, c) -> {
              Tensor weights = none.to(v.get(0).tape().dtype());
              return SoftCrossEntropy.ofScores(v.get(0), c.get(0), weights, 0.1);
            },
            random(54, 5, 3)));
    cases.add(
        OpCase.with(
            "soft-cross-entropy/distributions",
            SHARES,
            (v, c) -> SoftCrossEntropy.ofScores(v.get(0), c.get(0), null, 0),
            random(55, 2, 3)));
    cases.add(
        OpCase.with(
            "soft-cross-entropy/of-probabilities",
            LABELS,
            (v, c) -> SoftCrossEntropy.ofProbabilities(Softmax.of(v.get(0)), c.get(0), null, 0.2),
            random(56, 5, 3)));
    cases.add(
        OpCase.with(
            "multiclass-hinge",
            LABELS,
            (v, c) -> MulticlassHinge.of(1, v.get(0), c.get(0)),
            random(57, 5, 3)));
    cases.add(
        OpCase.of(
            "total-variation", v -> TotalVariation.of(0.3, v.get(0)), random(58, 2, 2, 3, 4)));
    cases.add(OpCase.of("gram", v -> Gram.of(0.25, v.get(0)), random(59, 2, 3, 2, 4)));
    return cases;
  }
}
