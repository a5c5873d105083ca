package io.kiln.nn.check;

import static io.kiln.nn.check.LayerRow.attempt;
import static io.kiln.nn.check.LayerRow.layer;
import static io.kiln.nn.check.Waves.wave;

import java.util.List;
import java.util.Map;

/** Dense, nonlinear functions, normalisation and what only moves numbers about, as layers. */
final class LayerCases {
  private static final Map<String, Object> NONE = Map.of();
  private static final Map<String, Object> CONVOLUTION =
      Map.of("type", "conv2d", "filters", 2, "kernel", 3, "padding", 1);

  private LayerCases() {}

  static List<OpCase> all() {
    return List.of(
        layer("dense", Map.of("units", 3), wave(1, 4, 6))
            .gives(-1.86584387191, 2.44100175343, 3.40409031605, 1.02279941404)
            .refuses(
                "dense: x is [1, 2, 6] but rank 2 is needed",
                attempt("dense", Map.of("units", 3), 2, 6))
            .refuses(
                "layer.units: 0 came but it must be 1 or more",
                attempt("dense", Map.of("units", 0), 6))
            .refuses("layer.units: it is missing; set it", attempt("dense", NONE, 6))
            .refuses(
                "layer.unit: there is no such key; did you mean layer.units?",
                attempt("dense", Map.of("units", 3, "unit", 3), 6)),
        layer("dense", "/no-bias", Map.of("units", 3, "bias", false), wave(1, 4, 6))
            .gives(-1.47965764283, 2.44100175343, 3.40409031605),
        layer("relu", NONE, wave(2, 3, 5))
            .gives(-0.786154320483, 1.62557323963)
            .refuses(unknown(), attempt("relu", size(), 5)),
        layer("leaky-relu", Map.of("slope", 0.2), wave(2, 3, 5))
            .gives(-0.588473667111, 1.39263326799)
            .refuses(
                "layer.slope: -1.0 came but it must be 0.0 or more",
                attempt("leaky-relu", Map.of("slope", -1), 5)),
        layer("elu", Map.of("alpha", 0.5), wave(2, 3, 5))
            .gives(-0.505062054606, 1.41299132093)
            .refuses(
                "layer.alpha: -1.0 came but it must be 0.0 or more",
                attempt("elu", Map.of("alpha", -1), 5)),
        layer("gelu", NONE, wave(2, 3, 5))
            .gives(-0.6345677969, 1.69093444099)
            .refuses(
                "layer.form: 'fast' is not known; use one of exact, tanh",
                attempt("gelu", Map.of("form", "fast"), 5)),
        layer("gelu", "/tanh", Map.of("form", "tanh"), wave(2, 3, 5))
            .gives(-0.63422140424, 1.6900923236),
        layer("silu", NONE, wave(2, 3, 5))
            .gives(-0.396371589588, 1.26550566029)
            .refuses(unknown(), attempt("silu", size(), 5)),
        layer("sigmoid", NONE, wave(2, 3, 5))
            .gives(-0.0970538509713, 0.124678203159)
            .refuses(unknown(), attempt("sigmoid", size(), 5)),
        layer("tanh", NONE, wave(2, 3, 5))
            .gives(0.142795511313, 0.508913614175)
            .refuses(unknown(), attempt("tanh", size(), 5)),
        layer("arctan", NONE, wave(2, 3, 5))
            .gives(0.151118258464, 0.487190888295)
            .refuses(unknown(), attempt("arctan", size(), 5)),
        layer("softplus", Map.of("beta", 2), wave(2, 3, 5))
            .gives(-0.46442494022, 1.17152969188)
            .refuses(
                "layer.beta: 0.0 came but it must be from 1.0E-6 to 1000000.0",
                attempt("softplus", Map.of("beta", 0), 5)),
        layer("softmax", NONE, wave(2, 3, 5))
            .gives(-0.278959279008, 0.364761026056)
            .refuses(unknown(), attempt("softmax", size(), 5)),
        layer("log-softmax", NONE, wave(2, 3, 5))
            .gives(-0.120742961623, 0.581407385426)
            .refuses(unknown(), attempt("log-softmax", size(), 5)),
        layer("linear", NONE, wave(2, 3, 5))
            .gives(0.202248946375, 0.460873381434)
            .refuses(
                "layer.units: linear is the activation y = x; a fully connected layer is type: dense",
                attempt("linear", Map.of("units", 3), 5)),
        layer("flatten", NONE, wave(3, 2, 3, 4))
            .gives(4.47449672536, 1.94339769943)
            .refuses(unknown(), attempt("flatten", size(), 5)),
        layer("reshape", Map.of("shape", List.of(2, -1)), wave(3, 2, 3, 4))
            .gives(4.47449672536, 1.94339769943)
            .refuses(
                "reshape: x is [1, 5] with 5 elements but [1, 2, 2] has 4; the counts must be equal",
                attempt("reshape", Map.of("shape", List.of(2, -1)), 5))
            .refuses(
                "layer.shape: [-1, -1] came but the sizes of one sample's axes are needed, at most one"
                    + " of them -1",
                attempt("reshape", Map.of("shape", List.of(-1, -1)), 5)),
        layer("transpose", NONE, wave(3, 2, 3, 4))
            .gives(3.63867464515, -1.51416309337)
            .refuses(
                "transpose: x is [1, 5] but two axes after the batch are needed",
                attempt("transpose", NONE, 5)),
        layer("transpose", "/order", Map.of("order", List.of(0, 3, 1, 2)), wave(3, 2, 3, 4, 2))
            .gives(-1.82310630843, -0.361013609724)
            .refuses(
                "layer.order: [1, 0] came but the batch stays the first axis; begin with 0",
                attempt("transpose", Map.of("order", List.of(1, 0)), 5))
            .refuses(
                "permute: order is [0, 1, 1] but x is [1, 3, 4]; name each of its 3 axes once",
                attempt("transpose", Map.of("order", List.of(0, 1, 1)), 3, 4)),
        layer("slice", Map.of("from", -2, "to", -1), wave(3, 2, 4, 3))
            .gives(-2.47593547252, -0.158389981577)
            .refuses(
                "layer.axis: 0 came but that is the batch; give 1 or more, or -1 for the last",
                attempt("slice", Map.of("axis", 0), 5))
            .refuses(
                "slice: x is [1, 5] but indices 2 to 7 of axis 1 are wanted; stay within 0 to 5",
                attempt("slice", Map.of("from", 2, "to", 7), 5)),
        layer("views", Map.of("shift", 1, "layers", List.of(CONVOLUTION)), wave(3, 2, 3, 5, 4))
            .gives(-13.7122748115, 30.4401625082, 2.65458965817, 0.353020021367)
            .refuses(
                "layer.layers: it is missing; give the layers that see the views",
                attempt("views", NONE, 3, 5, 4))
            .refuses(
                "views: x is [1, 5] but images [n, c, h, w] larger than the shift of 0 are needed",
                attempt("views", Map.of("layers", List.of(CONVOLUTION)), 5)),
        layer("pad", Map.of("padding", List.of(1, 0, 2, 1), "value", 0.5), wave(3, 2, 3, 2, 3))
            .gives(-0.275584824862, 0.128060775216)
            .refuses(
                "pad: x is [1, 5] but rank 4 is needed", attempt("pad", Map.of("padding", 1), 5))
            .refuses(
                "layer.padding: it is missing; set a number or [h, w]",
                attempt("pad", NONE, 1, 5, 5)),
        layer("layer-norm", NONE, wave(4, 4, 6))
            .gives(-0.486707258117, 4.35283304013, -0.908383368334, 0.784567465918)
            .refuses(
                "layer-norm: x is [1, 6] but 2 axes after the first are needed",
                attempt("layer-norm", Map.of("axes", 2), 6)),
        layer("group-norm", Map.of("groups", 2), wave(4, 2, 4, 3, 2))
            .gives(3.87773133321, -1.75492379886, -5.46734325827, 1.55618024346)
            .refuses(
                "group-norm: x is [1, 5] but its 5 channels do not split into 2 groups; choose a"
                    + " divisor of 5",
                attempt("group-norm", Map.of("groups", 2), 5)),
        layer("instance-norm", Map.of("affine", true), wave(4, 2, 3, 3, 2))
            .gives(2.39836385065, -1.67990742224, -6.54034730921, 1.93487682172)
            .refuses(
                "layer.epsilon: -1.0 came but it must be from 0.0 to 1.0",
                attempt("instance-norm", Map.of("epsilon", -1), 3, 4)),
        layer("batch-norm", NONE, wave(4, 3, 4, 3, 2))
            .gives(1.87806568788, -3.58393983445, -11.728920033, 4.20460194229)
            .refuses(
                "batch-norm: x is [1] but a batch axis and a channel axis are needed",
                attempt("batch-norm", NONE))
            .refuses(
                "layer.momentum: 2.0 came but it must be from 0.0 to 1.0",
                attempt("batch-norm", Map.of("momentum", 2), 3)),
        layer("dropout", Map.of("rate", 0.25), wave(4, 4, 9))
            .gives(5.14132886779, -0.177891729193)
            .refuses(
                "layer.rate: 1 came but it must be below 1, or nothing is left",
                attempt("dropout", Map.of("rate", 1), 3))
            .refuses(
                "dropout: x is [1] but [n, channels, …] is needed",
                attempt("dropout", Map.of("channels", true))));
  }

  private static Map<String, Object> size() {
    return Map.of("size", 3);
  }

  private static String unknown() {
    return "layer.size: there is no such key; did you mean layer.type?";
  }
}
