package io.kiln.nn.check;

import static io.kiln.nn.check.LayerRow.attempt;
import static io.kiln.nn.check.LayerRow.layer;
import static io.kiln.nn.check.Waves.wave;

import java.util.List;
import java.util.Map;

/** Convolutions and poolings as layers. */
final class ImageLayerCases {
  private ImageLayerCases() {}

  static List<OpCase> all() {
    return List.of(
        layer("conv2d", Map.of("filters", 4, "kernel", List.of(3, 2)), wave(1, 2, 3, 6, 5))
            .gives(-0.999088738804, -48.104572529, 7.37400150743, -0.963798829493)
            .refuses(
                "conv2d: x is [1, 30] but rank 4 is needed",
                attempt("conv2d", Map.of("filters", 4, "kernel", 3), 30))
            .refuses(
                "conv2d: the plane is [2, 2], with padding [2, 2], but the window covers [3, 3]; give a"
                    + " smaller window or more padding",
                attempt("conv2d", Map.of("filters", 4, "kernel", 3), 3, 2, 2))
            .refuses(
                "layer.kernel: 0 came but a number or a list [h, w] is needed, each 1 or more",
                attempt("conv2d", Map.of("filters", 4, "kernel", 0), 3, 2, 2))
            .refuses(
                "layer.padding: 'some' came but a number, [h, w], same or valid is needed",
                attempt("conv2d", Map.of("filters", 4, "kernel", 3, "padding", "some"), 3, 8, 8)),
        layer(
                "conv2d",
                "/same-strided",
                Map.of("filters", 3, "kernel", 3, "padding", "same", "stride", 2, "bias", false),
                wave(2, 2, 2, 6, 5))
            .gives(-3.96140176685, -4.74172958478, -5.73288102395),
        layer(
                "conv2d",
                "/padded-dilated-grouped",
                Map.of(
                    "filters",
                    4,
                    "kernel",
                    2,
                    "padding",
                    List.of(1, 0),
                    "dilation",
                    2,
                    "groups",
                    2),
                wave(3, 2, 4, 5, 5))
            .gives(-6.73146460787, -3.75539311649, 0.467336018583, -2.03093343578)
            .refuses(
                "conv2d: 3 channels and 4 filters cannot be cut into 2 groups; both must be multiples of"
                    + " it",
                attempt("conv2d", Map.of("filters", 4, "kernel", 3, "groups", 2), 3, 8, 8)),
        layer(
                "conv2d",
                "/valid",
                Map.of("filters", 2, "kernel", 3, "padding", "valid"),
                wave(4, 2, 1, 5, 4))
            .gives(4.83466865218, -0.833030838597, 12.0580851291, 1.18578891818),
        layer(
                "conv-transpose2d",
                Map.of("filters", 2, "kernel", 3, "stride", 2, "padding", 1, "output-padding", 1),
                wave(5, 2, 3, 4, 3))
            .gives(-8.21369491543, -19.4110763045, -3.55665082058, -0.557740394857)
            .refuses(
                "conv-transpose2d: x is [1, 30] but rank 4 is needed",
                attempt("conv-transpose2d", Map.of("filters", 4, "kernel", 3), 30))
            .refuses(
                "conv-transpose2d: output padding [1, 1] came but it must be less than stride or"
                    + " dilation",
                attempt(
                    "conv-transpose2d",
                    Map.of("filters", 2, "kernel", 3, "output-padding", 1),
                    3,
                    4,
                    4)),
        layer("max-pool2d", Map.of("kernel", 2), wave(6, 2, 3, 5, 6))
            .gives(0.479244605621, 1.32461356005)
            .refuses(
                "max-pool2d: x is [1, 6] but rank 4 is needed",
                attempt("max-pool2d", Map.of("kernel", 2), 6))
            .refuses(
                "max-pool2d: padding [2, 2] came but the window covers [3, 3]; padding must be at most"
                    + " half of it",
                attempt("max-pool2d", Map.of("kernel", 3, "padding", 2), 3, 6, 6)),
        layer(
                "max-pool2d",
                "/strided-padded-ceiling",
                Map.of("kernel", 3, "stride", 2, "padding", 1, "ceiling", true),
                wave(17, 2, 2, 6, 7))
            .gives(-0.203493037272, 1.6570593988),
        layer("avg-pool2d", Map.of("kernel", List.of(2, 3), "stride", 2), wave(8, 2, 2, 5, 7))
            .gives(-1.48479467705, -0.300752577337)
            .refuses(
                "avg-pool2d: x is [1, 6] but rank 4 is needed",
                attempt("avg-pool2d", Map.of("kernel", 2), 6)),
        layer(
                "avg-pool2d",
                "/padding-not-counted",
                Map.of("kernel", 3, "stride", 2, "padding", 1, "count-include-pad", false),
                wave(8, 2, 2, 6, 6))
            .gives(-1.0925162493, 3.19837326893),
        layer("adaptive-avg-pool2d", Map.of("size", List.of(3, 2)), wave(9, 2, 2, 7, 5))
            .gives(0.888933630219, 0.861457474212)
            .refuses(
                "adaptive-avg-pool2d: x is [1, 6] but rank 4 is needed",
                attempt("adaptive-avg-pool2d", Map.of("size", 2), 6))
            .refuses(
                "layer.size: it is missing; set a number or [h, w]",
                attempt("adaptive-avg-pool2d", Map.of(), 3, 6, 6)),
        layer("global-avg-pool", Map.of(), wave(10, 2, 3, 4, 4))
            .gives(-0.460563776178, -0.130590130669)
            .refuses(
                "adaptive-avg-pool2d: x is [1, 6] but rank 4 is needed",
                attempt("global-avg-pool", Map.of(), 6)));
  }
}
