package io.kiln.nn.check;

import static io.kiln.nn.check.LayerRow.attempt;
import static io.kiln.nn.check.LayerRow.attemptLoss;
import static io.kiln.nn.check.LayerRow.layer;
import static io.kiln.nn.check.LayerRow.loss;
import static io.kiln.nn.check.LayerRow.weighted;
import static io.kiln.nn.check.Waves.numbers;
import static io.kiln.nn.check.Waves.wave;

import io.kiln.nn.loss.ImageLosses;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Layers on sequences of numbers, the rarer nonlinear functions and losses, as YAML names them. */
final class FurtherLayerCases {
  private static final Map<String, Object> NONE = Map.of();
  private static final Tensor LABELS = numbers(Shape.of(4), 0, 2, 1, -1);
  private static final Tensor BITS = numbers(Shape.of(6), 0, 1, 1, 0, 0, 1);
  private static final Tensor WEIGHTS = numbers(Shape.of(4), 0.5, 3, 0, 1.25);
  private static final List<Double> CLASSES = List.of(0.5, 2.0, 1.25);

  private FurtherLayerCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>(functions());
    cases.addAll(lines());
    cases.addAll(losses());
    return cases;
  }

  private static List<OpCase> functions() {
    return List.of(
        layer("prelu", NONE, wave(2, 3, 5))
            .gives(0.123546057252, 0.553614114772, -0.971884315985)
            .refuses(
                "layer.slope: there is no such key; did you mean layer.type?",
                attempt("prelu", Map.of("slope", 1), 5)),
        layer("prelu", "/per-channel", Map.of("per-channel", true), wave(2, 2, 3, 4))
            .gives(0.31480555422, 1.29659266135, -0.302714418643),
        layer("clip", Map.of("least", -0.5, "most", 0.25), wave(2, 3, 5))
            .gives(0.330854247329, 0.0659770002269)
            .refuses(
                "layer.least: 1.0 came but most is 0.0; it must not be above it",
                attempt("clip", Map.of("least", 1, "most", 0), 5)),
        layer("softsign", NONE, wave(2, 3, 5))
            .gives(0.120613448733, 0.281719121969)
            .refuses(
                "layer.size: there is no such key; did you mean layer.type?",
                attempt("softsign", Map.of("size", 1), 5)),
        layer("hard-sigmoid", NONE, wave(2, 3, 5))
            .gives(-0.108627843739, 0.076812230239)
            .refuses(
                "layer.slope: -1.0 came but it must be 0.0 or more",
                attempt("hard-sigmoid", Map.of("slope", -1), 5)),
        layer("hard-sigmoid", "/steep", Map.of("slope", 0.2), wave(2, 3, 5))
            .gives(-0.101886212193, 0.0921746762868),
        layer("softmax", "/axis-1", Map.of("axis", 1), wave(2, 2, 3, 5))
            .gives(0.492252001192, -0.269163289516)
            .refuses(
                "softmax: x is [1, 5] and has no axis 2; give one from 0",
                attempt("softmax", Map.of("axis", 2), 5)),
        layer("log-softmax", "/axis-1", Map.of("axis", 1), wave(2, 2, 3, 5))
            .gives(4.61982309419, -2.38754900142),
        layer("local-response-norm", Map.of("size", 3, "alpha", 0.5), wave(2, 2, 4, 3))
            .gives(0.00681929150178, 1.73890044374)
            .refuses(
                "layer.size: 0 came but it must be 1 or more",
                attempt("local-response-norm", Map.of("size", 0), 4, 3)));
  }

  private static List<OpCase> lines() {
    return List.of(
        layer(
                "conv1d",
                Map.of("filters", 6, "kernel", 3, "stride", 2, "padding", 1),
                wave(2, 2, 4, 9))
            .gives(-1.45121922694, 11.9757845813, -5.25468984456, -1.3790683396)
            .refuses(
                "conv1d: x is [1, 4] but lines [n, channels, length] are needed",
                attempt("conv1d", Map.of("filters", 6, "kernel", 3), 4)),
        layer(
                "conv1d",
                "/grouped",
                Map.of(
                    "filters",
                    6,
                    "kernel",
                    3,
                    "padding",
                    2,
                    "dilation",
                    2,
                    "groups",
                    2,
                    "bias",
                    false),
                wave(2, 2, 4, 9))
            .gives(8.03096833505, 3.91577226711, -0.178884374531),
        layer(
                "conv1d",
                "/same",
                Map.of("filters", 3, "kernel", 4, "padding", "same"),
                wave(2, 2, 4, 9))
            .gives(-6.04639727781, 4.14879650066, 1.76991161187, 2.67989777687),
        layer("max-pool1d", Map.of("kernel", 3, "stride", 2, "padding", 1), wave(2, 2, 3, 8))
            .gives(1.0399269688, 0.626703123709)
            .refuses(
                "max-pool1d: x is [1, 4] but lines [n, channels, length] are needed",
                attempt("max-pool1d", Map.of("kernel", 2), 4)),
        layer(
                "max-pool1d",
                "/dilated",
                Map.of("kernel", 2, "stride", 1, "dilation", 2),
                wave(2, 2, 3, 8))
            .gives(0.511561322929, -1.05076117869),
        layer("avg-pool1d", Map.of("kernel", 3, "stride", 2, "padding", 1), wave(2, 2, 3, 8))
            .gives(2.16865953951, 0.842238930388)
            .refuses("layer.kernel: it is missing; set it", attempt("avg-pool1d", NONE, 3, 8)),
        layer(
                "avg-pool1d",
                "/padding-not-counted",
                Map.of("kernel", 3, "stride", 2, "padding", 1, "count-include-pad", false),
                wave(2, 2, 3, 8))
            .gives(2.47164629362, 0.798383409812),
        layer(
                "avg-pool2d",
                "/dilated",
                Map.of("kernel", 2, "stride", 1, "padding", 1, "dilation", 2),
                wave(8, 2, 2, 5, 6))
            .gives(1.87312523817, -1.80215107015),
        layer(
                "avg-pool2d",
                "/dilated-padding-not-counted",
                Map.of(
                    "kernel",
                    3,
                    "stride",
                    2,
                    "padding",
                    2,
                    "dilation",
                    2,
                    "count-include-pad",
                    false),
                wave(8, 2, 2, 7, 6))
            .gives(0.958737319782, 1.628870144));
  }

  private static List<OpCase> losses() {
    return List.of(
        loss("negative-log-likelihood", "", NONE, wave(4, 4, 3), LABELS)
            .gives(0.0261244112688, -0.0759829158886)
            .refuses(
                "loss: negative-log-likelihood takes indices without label-smoothing; use"
                    + " softmax-cross-entropy on scores for these",
                attemptLoss("nll", Map.of("label-smoothing", 0.1))),
        loss(
                "negative-log-likelihood",
                "/class-weights",
                Map.of("class-weights", CLASSES),
                wave(4, 4, 3),
                LABELS)
            .gives(-0.00172404988477, -0.0529082368524),
        weighted(
                "negative-log-likelihood",
                Map.of("class-weights", CLASSES),
                wave(4, 4, 3),
                LABELS,
                WEIGHTS)
            .gives(-0.335270643258, -0.157115979393)
            .refuses(
                "loss: weights are [3] but the targets are [4]; give one weight a sample",
                Shape.of(4, 3),
                Shape.of(4),
                Shape.of(3)),
        OpCase.with(
                "loss/style/area",
                wave(12, 1, 2, 2),
                (v, c) -> ImageLosses.style(0.3, ImageLosses.GramNorm.AREA, v.get(0), c.get(0)),
                wave(10, 1, 2, 3, 2))
            .gives(0.14606611174, -0.0162150668953),
        loss("focal", "", NONE, wave(4, 4, 3), LABELS)
            .gives(0.274287981366, -0.0919006792975)
            .refuses(
                "loss.gamma: 0.5 came but it must be 0, or 1 or more",
                attemptLoss("focal", Map.of("gamma", 0.5))),
        loss("focal", "/gamma-0", Map.of("gamma", 0), wave(4, 4, 3), LABELS)
            .gives(0.59197893078, -0.0936918021033),
        weighted("focal", Map.of("gamma", 1.5, "alpha", 0.25), wave(4, 4, 3), LABELS, WEIGHTS)
            .gives(0.0597734949165, -0.0236852712033),
        loss("binary-focal", "", NONE, wave(7, 6), BITS)
            .gives(0.0747034578238, -0.000101282781212)
            .refuses(
                "loss: target is [3] but x is [6]; give one target an output",
                Shape.of(6),
                Shape.of(3)),
        weighted("binary-focal", NONE, wave(7, 4), BITS.slice(0, Shape.of(4)), WEIGHTS)
            .gives(0.0546523385927, -0.00482665136576));
  }
}
