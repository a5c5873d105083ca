package io.kiln.nn.check;

import static io.kiln.nn.check.Waves.numbers;
import static io.kiln.nn.check.Waves.wave;

import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.Losses;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import io.kiln.nn.zoo.Models;
import java.util.List;
import java.util.Map;

/** Whole networks with their losses, differentiated by inputs and all parameters. */
final class NetCases {
  private static final Tensor LABELS = numbers(Shape.of(4), 2, 0, 1, 1);
  private static final Tensor WORDS = numbers(Shape.of(2, 4), 0, 3, 3, 1, 4, 0, 2, 0);
  private static final Tensor NEXT = numbers(Shape.of(2, 4), 3, 3, 1, 2, 0, 2, -1, -1);
  private static final Map<String, Object> RELU = Map.of("type", "relu");

  /** First wave of recurrent networks, whose gradients are not all small there. */
  private static final int RECURRENT = 400;

  private NetCases() {}

  static List<OpCase> all() {
    return List.of(
        classifier("linear", wave(1, 4, 5), Map.of("type", "mlp", "hidden", List.of()))
            .gives(0.687051171921, -0.0935643350164, -0.0168369786846, 0.0194420772189),
        classifier("two-layer", wave(2, 4, 5), Map.of("type", "mlp", "hidden", List.of(6)))
            .gives(
                0.678714391603,
                0.164257424366,
                -0.019503569239,
                -0.0443170168332,
                -0.000748438750743,
                -0.0240189899517),
        classifier("cnn", wave(3, 4, 2, 6, 6), Map.of("layers", cnn()))
            .gives(
                12.6021072592,
                0.716766246628,
                3.50055970844,
                -1.10823169391,
                -1.77372878673,
                0.0602011783275,
                1.03565427774,
                -0.110747896579),
        classifier("residual-cnn", wave(4, 4, 2, 4, 4), Map.of("layers", residual()))
            .gives(
                0.607279634637,
                0.013351239507,
                -0.0189273627646,
                0.000517630946479,
                0.00232634048515,
                0.0074084183329,
                -0.00029572936732,
                0.00565317263576,
                0.0088260065429,
                0.0503730041027),
        classifier("transformer", wave(5, 4, 3, 4), Map.of("layers", transformer()))
            .gives(
                3.63218434711,
                -0.0555033713028,
                -0.51062846791,
                -0.520441202099,
                0.0604750314185,
                0.0423195566091,
                0.00409110880395,
                -0.0864744141514,
                -0.187330411954,
                -0.167642485205,
                -0.516840413141,
                0.533419906593,
                0.272797745628,
                -0.06311359299,
                -0.833314754217,
                0.144035214449),
        captions("rnn", "rnn")
            .gives(
                1.09455370968,
                -0.0204926329725,
                -0.00433286019329,
                -0.00463826346572,
                -0.0020473645461,
                0.0142727272115,
                0.0264437494023,
                -0.00358253889532,
                -0.00358253889532,
                0.137428264596,
                -0.0319995575587),
        characters("lstm", "lstm")
            .gives(
                1.02044801296,
                -0.00344962763364,
                0.00402569015034,
                -0.00384689713252,
                -0.00182262525056,
                -0.00182262525056,
                0.0247562406709,
                0.0385372015475),
        characters("gru", "gru")
            .gives(
                0.940387386889,
                -0.0162287498749,
                -0.00764541544102,
                0.006281964279,
                0.013570558133,
                0.00141831584411,
                0.00811662923723,
                0.0325904536753));
  }

  private static List<Map<String, Object>> cnn() {
    return List.of(
        Map.of("type", "conv2d", "filters", 3, "kernel", 3, "padding", 1),
        RELU,
        Map.of("type", "max-pool2d", "kernel", 2),
        Map.of("type", "conv2d", "filters", 4, "kernel", 2),
        RELU,
        Map.of("type", "flatten"),
        Map.of("type", "dense", "units", 3));
  }

  private static List<Map<String, Object>> residual() {
    Map<String, Object> convolution =
        Map.of("type", "conv2d", "filters", 2, "kernel", 3, "padding", "same", "bias", false);
    Map<String, Object> norm = Map.of("type", "batch-norm");
    return List.of(
        Map.of("type", "residual", "layers", List.of(convolution, norm, RELU, convolution, norm)),
        RELU,
        Map.of("type", "global-avg-pool"),
        Map.of("type", "dense", "units", 3));
  }

  private static List<Map<String, Object>> transformer() {
    return List.of(
        Map.of(
            "type",
            "transformer-block",
            "heads",
            2,
            "width",
            6,
            "activation",
            "gelu",
            "causal",
            true),
        Map.of("type", "slice", "axis", 1, "from", -1),
        Map.of("type", "flatten"),
        Map.of("type", "dense", "units", 3));
  }

  private static OpCase classifier(String name, Tensor x, Map<String, ?> model) {
    SampleSpec spec = SampleSpec.classification(x.shape().sample(), 3);
    return LayerRow.net(
        name,
        network(model, spec),
        LayerRow.FIRST_PARAMETER,
        Losses.of(loss("softmax-cross-entropy")),
        List.of(x),
        List.of(),
        LABELS);
  }

  /** Features of an image, then words. */
  private static OpCase captions(String name, String cell) {
    SampleSpec spec = new SampleSpec(List.of(Shape.of(3), Shape.of(4)), Shape.of(4), 5, List.of());
    return LayerRow.net(
        name,
        network(Map.of("type", "caption-rnn", "cell", cell, "hidden", 4, "embedding", 3), spec),
        RECURRENT,
        Losses.of(loss("temporal-softmax")),
        List.of(wave(6, 2, 3)),
        List.of(WORDS),
        NEXT);
  }

  private static OpCase characters(String name, String cell) {
    SampleSpec spec = new SampleSpec(List.of(Shape.of(4)), Shape.of(4), 5, List.of());
    return LayerRow.net(
        name,
        network(Map.of("type", "char-rnn", "cell", cell, "hidden", 4, "embedding", 3), spec),
        RECURRENT,
        Losses.of(loss("temporal-softmax")),
        List.of(),
        List.of(WORDS),
        NEXT);
  }

  private static Settings loss(String type) {
    return Settings.of("loss", Map.of("type", type));
  }

  private static Network network(Map<String, ?> model, SampleSpec spec) {
    return Network.of(Models.from(Settings.of("model", model), spec), spec, DType.FLOAT64, 1);
  }
}
