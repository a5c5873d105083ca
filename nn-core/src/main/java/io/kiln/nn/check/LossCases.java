package io.kiln.nn.check;

import static io.kiln.nn.check.Waves.numbers;
import static io.kiln.nn.check.Waves.wave;

import io.kiln.nn.kernel.Deviation;
import io.kiln.nn.op.algebra.Gram;
import io.kiln.nn.op.image.TotalVariation;
import io.kiln.nn.op.loss.DeviationLoss;
import io.kiln.nn.op.loss.MulticlassHinge;
import io.kiln.nn.op.loss.SoftCrossEntropy;
import io.kiln.nn.op.norm.Softmax;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/** The ops that losses are made of. */
final class LossCases {
  private static final Tensor LABELS = numbers(Shape.of(5), 0, 2, 1, 2, -1);
  private static final Tensor SHARES = numbers(Shape.of(2, 3), 0.2, 0.5, 0.3, 0, 1, 0);
  private static final Tensor BITS = numbers(Shape.of(6), 0, 1, 1, 0, 0.3, 1);
  private static final Tensor CLASS_WEIGHTS = numbers(Shape.of(3), 0.5, 2, 1.25);

  private LossCases() {}

  static List<OpCase> all() {
    return List.of(
        deviation("deviation-loss/square", Deviation.SQUARE, wave(51, 4, 3), wave(53, 4, 3))
            .gives(5.31822411168, 0.361238782357)
            .refuses(
                "loss: target is [4] but x is [4, 3]; give one target an output",
                Shape.of(4, 3),
                Shape.of(4)),
        deviation("deviation-loss/absolute", Deviation.ABSOLUTE, wave(51, 4, 3), wave(53, 4, 3))
            .gives(3.7853119706, 0.246554007366),
        deviation("deviation-loss/huber", Deviation.HUBER, wave(51, 4, 3), wave(53, 4, 3))
            .gives(2.61735707026, 0.177956800365),
        deviation("deviation-loss/logistic", Deviation.LOGISTIC, BITS, wave(52, 6))
            .gives(1.36432814823, 0.051484876359),
        deviation("deviation-loss/hinge", Deviation.HINGE, BITS, wave(52, 6))
            .gives(1.98264758912, 0.00411876787707),
        OpCase.of(
                "soft-cross-entropy/indices-smoothing-weights",
                List.of(LABELS),
                (v, c) -> {
                  Tensor weights = CLASS_WEIGHTS.to(v.get(0).tape().dtype());
                  return SoftCrossEntropy.ofScores(v.get(0), c.get(0), weights, 0.1);
                },
                wave(54, 5, 3))
            .gives(3.28685193161, -0.369255823137)
            .refuses(
                "softmax-cross-entropy: 3 class weights came but x is [5, 4]; give one a class",
                Shape.of(5, 4),
                Shape.of(5))
            .refuses(
                "softmax-cross-entropy: target is [5, 2] but x is [5, 3]; give one class index or"
                    + " one distribution a row",
                Shape.of(5, 3),
                Shape.of(5, 2)),
        OpCase.with(
                "soft-cross-entropy/distributions",
                SHARES,
                (v, c) -> SoftCrossEntropy.ofScores(v.get(0), c.get(0), null, 0),
                wave(55, 2, 3))
            .gives(1.57760034372, -0.0563040786863),
        OpCase.with(
                "soft-cross-entropy/of-probabilities",
                LABELS,
                (v, c) ->
                    SoftCrossEntropy.ofProbabilities(Softmax.of(v.get(0)), c.get(0), null, 0.2),
                wave(56, 5, 3))
            .gives(2.68672006226, -0.380558100255)
            .refuses(
                "cross-entropy: target is [4] but x is [5, 3]; give one class index or one"
                    + " distribution a row",
                Shape.of(5, 3),
                Shape.of(4)),
        OpCase.with(
                "multiclass-hinge",
                LABELS,
                (v, c) -> MulticlassHinge.of(1, v.get(0), c.get(0)),
                wave(57, 5, 3))
            .gives(4.16196546177, -1.06426788953)
            .refuses(
                "multiclass-hinge: target is [5, 3] but x is [5, 3]; give one class index a row",
                Shape.of(5, 3),
                Shape.of(5, 3)),
        OpCase.of("total-variation", v -> TotalVariation.of(0.3, v.get(0)), wave(58, 2, 2, 3, 4))
            .gives(9.67626292939, -0.0857856298259)
            .refuses("total-variation: x is [2, 3, 4] but rank 4 is needed", Shape.of(2, 3, 4)),
        OpCase.of("gram", v -> Gram.of(0.25, v.get(0)), wave(59, 2, 3, 2, 4))
            .gives(1.64749032788, -0.958003926493)
            .refuses(
                "gram: x is [2, 3] but [n, channels, height, width] is needed", Shape.of(2, 3)));
  }

  private static OpCase deviation(String name, Deviation function, Tensor target, Tensor x) {
    return OpCase.with(
        name, target, (v, c) -> DeviationLoss.of(function, 1.4, 0.5, v.get(0), c.get(0)), x);
  }
}
