package io.kiln.nn.check;

import static io.kiln.nn.autograd.GradientCheck.random;

import io.kiln.nn.op.Dropout;
import io.kiln.nn.op.GroupNorm;
import java.util.List;

/** Normalisation within samples, and dropout. */
final class NormCases {
  private static final double EPSILON = 1e-5;

  private NormCases() {}

  static List<OpCase> all() {
    return List.of(
        OpCase.of(
            "layer-norm",
            v -> GroupNorm.overLast(v.get(0), 1, EPSILON, v.get(1), v.get(2)),
            random(61, 4, 6),
            random(62, 6),
            random(63, 6)),
        OpCase.of(
            "layer-norm/two-axes",
            v -> GroupNorm.overLast(v.get(0), 2, EPSILON, v.get(1), v.get(2)),
            random(61, 2, 3, 4),
            random(62, 3, 4),
            random(63, 3, 4)),
        OpCase.of(
            "layer-norm/no-affine",
            v -> GroupNorm.overLast(v.get(0), 1, EPSILON),
            random(64, 3, 5)),
        OpCase.of(
            "group-norm",
            v -> GroupNorm.of(v.get(0), 2, EPSILON, v.get(1), v.get(2)),
            random(65, 2, 4, 3, 2),
            random(66, 4),
            random(67, 4)),
        OpCase.of(
            "group-norm/vectors",
            v -> GroupNorm.of(v.get(0), 2, EPSILON, v.get(1), v.get(2)),
            random(65, 3, 6),
            random(66, 6),
            random(67, 6)),
        OpCase.of(
            "group-norm/instance", v -> GroupNorm.of(v.get(0), 3, EPSILON), random(68, 2, 3, 2, 4)),
        OpCase.of("dropout", v -> Dropout.of(0.4, 5, v.get(0)), random(69, 4, 9)),
        OpCase.of(
            "dropout/channels", v -> Dropout.ofChannels(0.4, 5, v.get(0)), random(69, 4, 3, 2, 2)));
  }
}
