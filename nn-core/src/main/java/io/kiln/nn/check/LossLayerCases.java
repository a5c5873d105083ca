package io.kiln.nn.check;

import static io.kiln.nn.check.LayerRow.attemptLoss;
import static io.kiln.nn.check.LayerRow.loss;
import static io.kiln.nn.check.LayerRow.weighted;
import static io.kiln.nn.check.Waves.numbers;
import static io.kiln.nn.check.Waves.wave;

import io.kiln.nn.loss.ImageLosses;
import io.kiln.nn.op.norm.Softmax;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Losses as YAML names them, divided as the trainer divides, and those between images. */
final class LossLayerCases {
  private static final Map<String, Object> NONE = Map.of();
  private static final Tensor LABELS = numbers(Shape.of(4), 0, 2, 1, -1);
  private static final Tensor SHARES = numbers(Shape.of(2, 3), 0.2, 0.5, 0.3, 0, 1, 0);
  private static final Tensor BITS = numbers(Shape.of(6), 0, 1, 1, 0, 0, 1);
  private static final Tensor WEIGHTS = numbers(Shape.of(4), 0.5, 3, 0, 1.25);
  private static final String ONE_EACH = "; give one target an output";

  private LossLayerCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>(plain());
    cases.addAll(ofWeightedSamples());
    return cases;
  }

  private static List<OpCase> plain() {
    return List.of(
        loss("softmax-cross-entropy", "", NONE, wave(1, 4, 3), LABELS)
            .gives(0.697926692635, -0.0905306037983)
            .refuses(
                "loss: target is [4, 3] but the output is [4, 3]; give one class index a row, or set"
                    + " targets: probabilities for distributions",
                Shape.of(4, 3),
                Shape.of(4, 3))
            .refuses(
                "loss.label-smoothing: 2.0 came but it must be from 0.0 to 1.0",
                attemptLoss("softmax-cross-entropy", Map.of("label-smoothing", 2)))
            .refuses(
                "loss.class-weights: -1.0 came but it must be 0 or more",
                attemptLoss("softmax-cross-entropy", Map.of("class-weights", List.of(1, -1)))),
        loss(
                "softmax-cross-entropy",
                "/smoothing-class-weights",
                Map.of("label-smoothing", 0.1, "class-weights", List.of(0.5, 2, 1.25)),
                wave(2, 4, 3),
                LABELS)
            .gives(0.850502857844, -0.0749320805695)
            .refuses(
                "softmax-cross-entropy: 3 class weights came but x is [4, 5]; give one a class",
                Shape.of(4, 5),
                Shape.of(4)),
        loss(
                "softmax-cross-entropy",
                "/probabilities",
                Map.of("targets", "probabilities"),
                wave(3, 2, 3),
                SHARES)
            .gives(0.485514282356, 0.0198937386339)
            .refuses(
                "loss: target is [2] but the output is [2, 3]; give distributions of the output's shape,"
                    + " or set targets: indices",
                Shape.of(2, 3),
                Shape.of(2)),
        crossEntropy()
            .gives(0.601881124061, -0.0763329753094)
            .refuses(
                "loss.targets: 'text' is not known; use one of indices, probabilities",
                attemptLoss("cross-entropy", Map.of("targets", "text"))),
        loss("mean-squared-error", "", NONE, wave(5, 4, 3), wave(6, 4, 3))
            .gives(0.19857989424, 0.0241611888265)
            .refuses("loss: target is [3] but x is [4, 3]" + ONE_EACH, Shape.of(4, 3), Shape.of(3))
            .refuses(
                "loss.half: 'maybe' came but true or false is needed",
                attemptLoss("mse", Map.of("half", "maybe"))),
        loss(
                "mean-squared-error",
                "/half-over-samples",
                Map.of("half", true, "mean-over", "samples"),
                wave(5, 4, 3),
                wave(6, 4, 3))
            .gives(0.29786984136, 0.0362417832397),
        loss("mean-absolute-error", "", NONE, wave(5, 4, 3), wave(6, 4, 3))
            .gives(0.305751539337, 0.0152207158093)
            .refuses("loss: target is [3] but x is [4, 3]" + ONE_EACH, Shape.of(4, 3), Shape.of(3)),
        loss("huber", "", Map.of("delta", 0.5), wave(5, 4, 3), wave(6, 4, 3))
            .gives(0.0890015768291, 0.00398805634417)
            .refuses("loss: target is [3] but x is [4, 3]" + ONE_EACH, Shape.of(4, 3), Shape.of(3))
            .refuses(
                "loss.delta: 0.0 came but it must be from 1.0E-9 to 1.0E9",
                attemptLoss("huber", Map.of("delta", 0))),
        loss("smooth-l1", "", Map.of("beta", 0.5), wave(5, 4, 3), wave(6, 4, 3))
            .gives(0.178003153658, 0.00797611268834)
            .refuses("loss: target is [3] but x is [4, 3]" + ONE_EACH, Shape.of(4, 3), Shape.of(3)),
        loss("binary-cross-entropy", "", NONE, wave(7, 6), BITS)
            .gives(0.42493385985, 0.00260673923939)
            .refuses("loss: target is [3] but x is [6]" + ONE_EACH, Shape.of(6), Shape.of(3)),
        loss(
                "binary-cross-entropy",
                "/positive-weight",
                Map.of("positive-weight", 3),
                wave(7, 6),
                BITS)
            .gives(0.848412769583, 0.00402382242234)
            .refuses(
                "loss.positive-weight: -3.0 came but it must be from 0.0 to 1.0E9",
                attemptLoss("bce", Map.of("positive-weight", -3))),
        loss("binary-hinge", "", NONE, wave(7, 6), BITS)
            .gives(0.582886283758, 0.0172798720619)
            .refuses("loss: target is [3] but x is [6]" + ONE_EACH, Shape.of(6), Shape.of(3)),
        loss("multiclass-hinge", "", Map.of("margin", 0.5), wave(8, 4, 3), LABELS)
            .gives(0.901632123036, -0.0840699399919)
            .refuses(
                "loss: target is [3] but the output is [4, 3]; give one class index a row, or set"
                    + " targets: probabilities for distributions",
                Shape.of(4, 3),
                Shape.of(3)),
        loss("temporal-softmax", "", NONE, wave(9, 2, 2, 3), LABELS.reshape(Shape.of(2, 2)))
            .gives(0.798039475712, -0.100621299644)
            .refuses(
                "loss: target is [2] but the output is [2, 2, 3]; give one class index a row, or set"
                    + " targets: probabilities for distributions",
                Shape.of(2, 2, 3),
                Shape.of(2))
            .refuses(
                "loss.divide-by: 'letters' is not known; use one of words, sequences",
                attemptLoss("temporal-softmax", Map.of("divide-by", "letters"))),
        loss(
                "temporal-softmax",
                "/by-sequences",
                Map.of("divide-by", "sequences"),
                wave(9, 2, 2, 3),
                LABELS.reshape(Shape.of(2, 2)))
            .gives(1.19705921357, -0.150931949466),
        OpCase.with(
                "loss/content",
                wave(11, 1, 2, 3, 2),
                (v, c) -> ImageLosses.content(0.3, v.get(0), c.get(0)),
                wave(10, 1, 2, 3, 2))
            .gives(1.15848408771, 0.11149632685)
            .refuses(
                "loss: target is [1, 2, 3] but x is [1, 2, 3, 2]" + ONE_EACH,
                Shape.of(1, 2, 3, 2),
                Shape.of(1, 2, 3)),
        OpCase.with(
                "loss/style",
                wave(12, 1, 2, 2),
                (v, c) -> ImageLosses.style(0.3, ImageLosses.GramNorm.GATYS, v.get(0), c.get(0)),
                wave(10, 1, 2, 3, 2))
            .gives(0.321942134352, -0.00916428502888)
            .refuses(
                "loss: target is [1, 3, 3] but x is [1, 2, 2]" + ONE_EACH,
                Shape.of(1, 2, 3, 2),
                Shape.of(1, 3, 3)),
        OpCase.of(
                "loss/total-variation",
                v -> ImageLosses.totalVariation(0.3, v.get(0)),
                wave(13, 1, 2, 3, 4))
            .gives(8.49217833249, -1.66814001727));
  }

  private static List<OpCase> ofWeightedSamples() {
    return List.of(
        weighted(
                "softmax-cross-entropy",
                Map.of("class-weights", List.of(0.5, 2, 1.25)),
                wave(2, 4, 3),
                LABELS,
                WEIGHTS)
            .gives(0.507695771783, -0.0908784192273)
            .refuses(
                "softmax-cross-entropy: weights are [3] but x is [4, 3]; give one weight a sample",
                Shape.of(4, 3),
                Shape.of(4),
                Shape.of(3)),
        weighted("mean-squared-error", NONE, wave(5, 4, 3), wave(6, 4, 3), WEIGHTS)
            .gives(0.207311387493, 0.0796441766436)
            .refuses(
                "loss: weights are [4, 3] but x is [4, 3]; give one weight a sample",
                Shape.of(4, 3),
                Shape.of(4, 3),
                Shape.of(4, 3)),
        weighted("huber", Map.of("delta", 0.5), wave(5, 4, 3), wave(6, 4, 3), WEIGHTS)
            .gives(0.0939918463175, 0.0259113567324),
        weighted("binary-cross-entropy", NONE, wave(7, 4), BITS.slice(0, Shape.of(4)), WEIGHTS)
            .gives(0.299116519894, 0.00172648831108),
        weighted("multiclass-hinge", NONE, wave(8, 4, 3), LABELS, WEIGHTS)
            .gives(0.860370733233, -0.390024384736)
            .refuses(
                "multiclass-hinge: weights are [3] but x is [4, 3]; give one weight a sample",
                Shape.of(4, 3),
                Shape.of(4),
                Shape.of(3)),
        weighted(
                "temporal-softmax",
                NONE,
                wave(9, 2, 2, 3),
                LABELS.reshape(Shape.of(2, 2)),
                WEIGHTS.slice(0, Shape.of(2)))
            .gives(1.01067284961, -0.0855993541461));
  }

  /** Of probabilities, which a softmax makes. */
  private static OpCase crossEntropy() {
    OpCase row = loss("cross-entropy", "", Map.of("label-smoothing", 0.2), wave(4, 4, 3), LABELS);
    return OpCase.of(
        row.name(),
        row.constants(),
        (v, c) -> row.graph().build(List.of(Softmax.of(v.get(0))), c),
        row.leaves().get(0));
  }
}
