package io.kiln.nn.check;

import static io.kiln.nn.check.Waves.positive;
import static io.kiln.nn.check.Waves.wave;

import io.kiln.nn.autograd.Rectifies;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.op.arithmetic.Dropout;
import io.kiln.nn.op.norm.BatchNorm;
import io.kiln.nn.op.norm.GroupNorm;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/** Normalisation of batches and within samples, and dropout. */
final class NormCases {
  private static final double EPSILON = 1e-5;

  private NormCases() {}

  static List<OpCase> all() {
    return List.of(
        OpCase.of(
                "layer-norm",
                v -> GroupNorm.overLast(v.get(0), 1, EPSILON, v.get(1), v.get(2)),
                wave(61, 4, 6),
                wave(62, 6),
                wave(63, 6))
            .gives(-0.842937715624, 3.18370325308, -3.07071001291, 0.784567465918)
            .refuses(
                "layer-norm: w is [4] and b is [4] but both need [6]",
                Shape.of(4, 6),
                Shape.of(4),
                Shape.of(4))
            .refuses(
                "layer-norm: x is [6] but 1 axes after the first are needed",
                Shape.of(6),
                Shape.of(6),
                Shape.of(6)),
        OpCase.of(
                "layer-norm/two-axes",
                v -> GroupNorm.overLast(v.get(0), 2, EPSILON, v.get(1), v.get(2)),
                wave(61, 2, 3, 4),
                wave(62, 3, 4),
                wave(63, 3, 4))
            .gives(-2.68015518941, -0.770877324241, -3.76329695731, 1.65770937039),
        OpCase.of(
                "layer-norm/no-affine",
                v -> GroupNorm.overLast(v.get(0), 1, EPSILON),
                wave(64, 3, 5))
            .gives(-2.62256055316, 0.190266079638),
        OpCase.of(
                "group-norm",
                v -> GroupNorm.of(v.get(0), 2, EPSILON, v.get(1), v.get(2)),
                wave(65, 2, 4, 3, 2),
                wave(66, 4),
                wave(67, 4))
            .gives(-5.54699045743, -0.50828352412, 8.58015306865, 1.55618024346)
            .refuses(
                "group-norm: x is [2, 5, 3] but its 5 channels do not split into 2 groups; choose a"
                    + " divisor of 5",
                Shape.of(2, 5, 3),
                Shape.of(5),
                Shape.of(5)),
        OpCase.of(
                "group-norm/vectors",
                v -> GroupNorm.of(v.get(0), 2, EPSILON, v.get(1), v.get(2)),
                wave(65, 3, 6),
                wave(66, 6),
                wave(67, 6))
            .gives(2.45066111937, -2.36860312258, 2.98690581201, 1.07915595918),
        OpCase.of(
                "group-norm/instance",
                v -> GroupNorm.of(v.get(0), 3, EPSILON),
                wave(68, 2, 3, 2, 4))
            .gives(-5.57404741361, 3.43786880152),
        // Rows and planes of some vectors and a rest.
        OpCase.of(
                "layer-norm/wide",
                v -> GroupNorm.overLast(v.get(0), 1, EPSILON, v.get(1), v.get(2)),
                wave(313, 3, 19),
                positive(314, 19),
                wave(315, 19))
            .gives(-17.4862334298, -0.355999060141, -3.84321885637, 0.105516018141),
        OpCase.of(
                "group-norm/planes",
                v -> GroupNorm.of(v.get(0), 2, EPSILON, v.get(1), v.get(2)),
                wave(316, 2, 4, 5, 5),
                wave(317, 4),
                wave(318, 4))
            .gives(-13.9327077591, 1.27886515709, 55.6568289911, -3.11880866799),
        batchNorm("batch-norm", true, false, wave(34, 3, 4, 5, 2))
            .gives(2.85556303322, -10.3032876297, 16.318385098, 5.68096679413)
            .refuses(
                "batch-norm: x is [3, 4, 5, 2] but a parameter is [5]; it needs [4]",
                Shape.of(3, 4, 5, 2),
                Shape.of(5),
                Shape.of(5),
                Shape.of(4),
                Shape.of(4),
                Shape.of())
            .refuses(
                "batch-norm: x is [4] but a batch axis and a channel axis are needed",
                Shape.of(4),
                Shape.of(4),
                Shape.of(4),
                Shape.of(4),
                Shape.of(4),
                Shape.of()),
        batchNorm("batch-norm/matrix", true, false, wave(35, 7, 3))
            .gives(1.01529354763, -0.992208140497, -0.404977593807, 1.77271627361),
        batchNorm("batch-norm/rectified", true, true, wave(36, 3, 2, 3, 3))
            .gives(0.342583729091, 0.395324570266, 3.97654513469, 2.03726969784),
        batchNorm("batch-norm/evaluating", false, true, wave(37, 3, 4, 2, 2))
            .gives(-2.6752704327, -2.78683886072, -10.7470253863, 8.45676197467),
        OpCase.of("dropout", v -> Dropout.of(0.4, 5, v.get(0)), wave(69, 4, 9))
            .gives(-1.17202042314, -2.27649990259)
            .refuses("dropout: x is [] but [n, …] is needed", Shape.of()),
        OpCase.of(
                "dropout/channels", v -> Dropout.ofChannels(0.4, 5, v.get(0)), wave(69, 4, 3, 2, 2))
            .gives(-5.83944300185, 1.2159505381)
            .refuses("dropout: x is [4] but [n, channels, …] is needed", Shape.of(4)));
  }

  private static OpCase batchNorm(String name, boolean training, boolean rectified, Tensor x) {
    int c = x.shape().size(1);
    BatchNorm.Mode mode = new BatchNorm.Mode(EPSILON, 0.1, training);
    return OpCase.of(
        name,
        List.of(wave(63, c), positive(60, c), wave(64)),
        (v, k) -> {
          Var y = BatchNorm.of(v.get(0), v.get(1), v.get(2), k.get(0), k.get(1), k.get(2), mode);
          return rectified ? Rectifies.rectified(y) : y;
        },
        x,
        wave(61, c),
        wave(62, c));
  }
}
