package io.kiln.nn.check;

import static io.kiln.nn.check.LayerRow.attempt;
import static io.kiln.nn.check.LayerRow.layer;
import static io.kiln.nn.check.LayerRow.onWords;
import static io.kiln.nn.check.Waves.numbers;
import static io.kiln.nn.check.Waves.wave;

import io.kiln.nn.tensor.Shape;
import java.util.List;
import java.util.Map;

/** Embedding, recurrent networks and attention as layers. */
final class SequenceLayerCases {
  private static final String NO_SEQUENCE =
      "recurrent: x is [1, 4] but [n, t, d] is needed; put an embedding before it";

  private SequenceLayerCases() {}

  static List<OpCase> all() {
    return List.of(
        onWords(
                "embedding",
                Map.of("rows", 5, "width", 3),
                numbers(Shape.of(2, 4), 0, 3, 3, -1, 4, 0, 3, 1))
            .gives(-1.81637842388, -1.55560262083)
            .refuses(
                "layer.rows: 0 came but it must be 1 or more",
                attempt("embedding", Map.of("rows", 0, "width", 3), 4)),
        layer("rnn", Map.of("hidden", 3), wave(1, 2, 4, 3))
            .gives(
                -2.38215411088,
                0.109968346194,
                0.873190490299,
                -0.637736956262,
                -0.837686102683,
                -0.837686102683)
            .refuses(NO_SEQUENCE, attempt("rnn", Map.of("hidden", 3), 4))
            .refuses(
                "layer.activation: 'sigmoid' is not known; use one of tanh, relu",
                attempt("rnn", Map.of("hidden", 3, "activation", "sigmoid"), 4, 3)),
        layer(
                "rnn",
                "/relu-two-layers",
                Map.of("hidden", 3, "activation", "relu", "layers", 2),
                wave(2, 2, 4, 3))
            .gives(
                -0.301215458877,
                -2.09451019758,
                0.549958427072,
                -0.100778238341,
                1.29544274737,
                1.29544274737,
                -0.497712150791,
                0.430800546885,
                1.0761127551,
                1.0761127551),
        layer("lstm", Map.of("hidden", 3), wave(3, 2, 4, 3))
            .gives(
                -0.118511400557,
                -0.482900127016,
                -0.538892609176,
                -0.04465697863,
                0.0307421578609,
                0.0307421578609)
            .refuses(NO_SEQUENCE, attempt("lstm", Map.of("hidden", 3), 4))
            .refuses(
                "layer.gate-order: 'foo' is not known; use one of ifgo, ifog",
                attempt("lstm", Map.of("hidden", 3, "gate-order", "foo"), 4, 3)),
        layer(
                "lstm",
                "/no-bias-ifog",
                Map.of("hidden", 3, "bias", false, "gate-order", "ifog"),
                wave(4, 2, 4, 3))
            .gives(0.159806178243, 0.222274093573, -0.205773122758, 0.0761081115378),
        // What is dropped is Kiln's own random numbers: a value of no other library's.
        layer(
                "lstm",
                "/dropout",
                Map.of("hidden", 3, "layers", 2, "dropout", 0.5),
                wave(10, 2, 4, 3))
            .gives(
                -0.170201190553,
                0.082552154486,
                -0.0868148668574,
                -0.0462143399644,
                0.00939768707207,
                0.00939768707207,
                0.0689246614855,
                -0.0135577016936,
                0.296497879764,
                0.296497879764)
            .refuses(
                "layer.dropout: it drops what goes from one layer to the next, but there is one"
                    + " layer; give layers: 2 or more, or put a layer dropout after this one",
                attempt("lstm", Map.of("hidden", 3, "dropout", 0.5), 4, 3)),
        layer("gru", Map.of("hidden", 3), wave(5, 2, 4, 3))
            .gives(
                0.625341165599,
                -0.782102238812,
                0.170657404478,
                0.121895674825,
                0.768078679528,
                -0.0264679039652)
            .refuses(NO_SEQUENCE, attempt("gru", Map.of("hidden", 3), 4))
            .refuses("layer.hidden: it is missing; set it", attempt("gru", Map.of(), 4, 3)),
        layer("temporal-affine", Map.of("units", 3), wave(6, 2, 4, 5))
            .gives(-1.23281967642, 2.44545026779, -1.22019709043, 2.11285806129)
            .refuses(
                "layer.units: it is missing; set it", attempt("temporal-affine", Map.of(), 4, 5)),
        layer("multi-head-attention", Map.of("heads", 2, "causal", true), wave(7, 2, 4, 6))
            .gives(
                -23.7481184941,
                -17.9203363028,
                19.0730910895,
                6.79813198379,
                5.82009972134,
                3.78749381609)
            .refuses(
                "attention: x is [1, 4, 5] but [n, t, d] with d a multiple of 2 heads is needed",
                attempt("multi-head-attention", Map.of("heads", 2), 4, 5)),
        layer("multi-head-attention", "/whole", Map.of("heads", 3), wave(8, 2, 4, 6))
            .gives(
                -2.53082405824,
                -19.8536299705,
                20.574591034,
                6.91643989791,
                -1.77663085368,
                3.78749381609),
        layer(
                "transformer-block",
                Map.of("heads", 2, "width", 5, "activation", "gelu"),
                wave(9, 2, 3, 4))
            .gives(
                5.58576171153,
                -6.49588588846,
                0.57509527186,
                4.82665459539,
                -4.4454182268,
                9.87246025361,
                -1.5479765788,
                1.72719629025,
                0.644364681258,
                1.63518103134,
                8.0709734489,
                -2.28635536787,
                0.872481743618,
                1.33737397331)
            .refuses(
                "layer self_attn: attention: x is [1, 3, 5] but [n, t, d] with d a multiple of 2 heads is"
                    + " needed",
                attempt("transformer-block", Map.of("heads", 2), 3, 5))
            .refuses(
                "layer.norm: 'none' is not known; use one of first, last",
                attempt("transformer-block", Map.of("heads", 2, "norm", "none"), 3, 4)),
        layer(
                "transformer-block",
                "/norm-last-causal",
                Map.of("heads", 2, "width", 5, "norm", "last", "causal", true),
                wave(10, 2, 3, 4))
            .gives(
                1.05157725899,
                0.306191117405,
                0.95141510479,
                0.490548564369,
                -1.7553805167,
                -1.39041352889,
                -1.64811311738,
                0.273541689372,
                1.48704045303,
                0.669398167659,
                -1.40269165535,
                1.01870929926,
                0.650911579586,
                1.33737397331));
  }
}
