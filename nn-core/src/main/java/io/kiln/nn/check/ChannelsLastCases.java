package io.kiln.nn.check;

import static io.kiln.nn.check.Waves.numbers;
import static io.kiln.nn.check.Waves.wave;

import io.kiln.nn.autograd.GradientCheck;
import io.kiln.nn.autograd.Rectifies;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.op.arithmetic.Add;
import io.kiln.nn.op.image.AdaptiveAvgPool2d;
import io.kiln.nn.op.image.AvgPool2d;
import io.kiln.nn.op.image.Conv2d;
import io.kiln.nn.op.image.MaxPool2d;
import io.kiln.nn.op.image.PadChannels;
import io.kiln.nn.op.image.Pool;
import io.kiln.nn.op.image.Sliding;
import io.kiln.nn.op.norm.BatchNorm;
import io.kiln.nn.tensor.Shape;
import java.util.List;

/**
 * Ops on images with their channels side by side. Where this machine has no such loops, the rows
 * are of the plain ones.
 */
final class ChannelsLastCases {
  private static final Sliding UNIT = Sliding.UNIT;

  private ChannelsLastCases() {}

  private static GradientCheck.Graph allowed(GradientCheck.Graph graph) {
    return v -> {
      v.get(0).tape().allowChannelsLast();
      return v.get(0).tape().plain(graph.build(v));
    };
  }

  /** A convolution of single pixels, after which channels lie side by side. */
  private static Var pixels(List<Var> v, int weight) {
    return Conv2d.of(v.get(0), v.get(weight), UNIT);
  }

  static List<OpCase> all() {
    return List.of(
        OpCase.of(
                "conv2d/channels-last",
                allowed(
                    v ->
                        Conv2d.of(
                            v.get(0), v.get(1), v.get(2), UNIT.stride(2, 2).padding(1, 1), 1)),
                wave(70, 2, 5, 7, 6),
                wave(71, 10, 5, 3, 3),
                wave(72, 10))
            .gives(21.6780119871, 48.534788089, -9.99109682317, -13.3986531057)
            .refuses(
                "conv2d: x is [2, 5, 7, 6] but weight is [10, 4, 3, 3]; with 1 group x needs 4"
                    + " channels",
                Shape.of(2, 5, 7, 6),
                Shape.of(10, 4, 3, 3),
                Shape.of(10)),
        OpCase.of(
                "conv2d/channels-last-winograd",
                allowed(v -> Conv2d.of(v.get(0), v.get(1), v.get(2), UNIT.padding(1, 1), 1)),
                wave(73, 2, 8, 8, 8),
                wave(74, 16, 8, 3, 3),
                wave(75, 16))
            .gives(-4.21684585698, -163.651784141, 41.4795300948, -27.3592118366),
        OpCase.of(
                "max-pool2d/channels-last",
                allowed(
                    v ->
                        MaxPool2d.of(
                            pixels(v, 1),
                            new Pool(3, 3, UNIT.stride(2, 2).padding(1, 1), false, false))),
                wave(225, 2, 3, 6, 5),
                wave(226, 9, 3, 1, 1))
            .gives(-0.168645634834, 7.62714273402, 6.66839908855),
        OpCase.of(
                "max-pool2d/channels-last-rectified",
                allowed(
                    v ->
                        Rectifies.rectified(
                            MaxPool2d.of(
                                pixels(v, 1), new Pool(2, 2, UNIT.stride(2, 2), false, false)))),
                wave(297, 2, 3, 6, 5),
                wave(298, 9, 3, 1, 1))
            .gives(-1.79840465564, -10.0893458086, -4.70689056176),
        OpCase.of(
                "avg-pool2d/channels-last",
                allowed(
                    v -> AvgPool2d.of(pixels(v, 1), Pool.of(3).stride(2).padding(1).roundingUp())),
                wave(310, 2, 3, 6, 5),
                wave(311, 9, 3, 1, 1))
            .gives(3.43628243412, 3.58452754309, -0.201050846711),
        OpCase.of(
                "avg-pool2d/channels-last-without-padding",
                allowed(
                    v ->
                        AvgPool2d.of(
                            pixels(v, 1),
                            Pool.of(3).stride(2).padding(1).roundingUp().withoutPadding())),
                wave(310, 2, 3, 6, 5),
                wave(311, 9, 3, 1, 1))
            .gives(8.44662637089, 6.38090657072, -0.100906836086),
        OpCase.of(
                "pad-channels/channels-last",
                allowed(v -> PadChannels.of(pixels(v, 1), 1, 2)),
                wave(310, 2, 3, 4, 5),
                wave(311, 9, 3, 1, 1))
            .gives(-1.34195931694, -1.70080865287, 4.47316263246),
        OpCase.of(
                "adaptive-avg-pool2d/channels-last",
                allowed(v -> AdaptiveAvgPool2d.global(pixels(v, 1))),
                wave(76, 2, 3, 4, 3),
                wave(77, 9, 3, 1, 1))
            .gives(-0.450402298894, -0.0716146858011, -0.126178116745),
        OpCase.of(
                "add/channels-last",
                allowed(v -> Add.of(pixels(v, 1), pixels(v, 2))),
                wave(76, 2, 3, 4, 3),
                wave(77, 9, 3, 1, 1),
                wave(78, 9, 3, 1, 1))
            .gives(-10.0002528695, -5.20806288672, 8.65973033536, 8.65973033536),
        OpCase.of(
                "batch-norm/channels-last",
                List.of(
                    numbers(Shape.of(9), new double[9]),
                    numbers(Shape.of(9), new double[9]),
                    numbers(Shape.of(), 0)),
                (v, c) -> {
                  v.get(0).tape().allowChannelsLast();
                  BatchNorm.Mode mode = new BatchNorm.Mode(1e-5, 0.1, true);
                  Var x = pixels(v, 1);
                  Var y = BatchNorm.of(x, v.get(2), v.get(3), c.get(0), c.get(1), c.get(2), mode);
                  return v.get(0).tape().plain(y);
                },
                wave(76, 2, 3, 4, 3),
                wave(77, 9, 3, 1, 1),
                wave(78, 9),
                wave(79, 9))
            .gives(-9.30412010399, -0.373155831279, -3.03882574695, 5.6400365056, -7.26603642284));
  }
}
