package io.kiln.nn.check;

import static io.kiln.nn.check.Waves.numbers;
import static io.kiln.nn.check.Waves.positive;
import static io.kiln.nn.check.Waves.wave;

import io.kiln.nn.op.Ops;
import io.kiln.nn.op.arithmetic.Broadcast;
import io.kiln.nn.op.arithmetic.CumulativeSum;
import io.kiln.nn.op.arithmetic.Extreme;
import io.kiln.nn.op.arithmetic.Larger;
import io.kiln.nn.op.arithmetic.ParametricRelu;
import io.kiln.nn.op.arithmetic.Unary;
import io.kiln.nn.op.arithmetic.Where;
import io.kiln.nn.op.norm.LocalResponseNorm;
import io.kiln.nn.op.norm.Softmax;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The rarer functions of elements, choices, what is repeated, and what goes along an axis. */
final class PointwiseCases {
  private static final Tensor CHOICE = numbers(Shape.of(4), 1, 0, 0, 1);

  private PointwiseCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>(ofElements());
    cases.addAll(ofTwo());
    cases.addAll(alongAnAxis());
    return cases;
  }

  private static List<OpCase> ofElements() {
    return List.of(
        OpCase.of("abs", v -> Unary.abs(v.get(0)), wave(51, 3, 4))
            .gives(0.311632632249, 1.80408703875),
        OpCase.of("clip", v -> Unary.clip(v.get(0), -0.5, 0.25), wave(97, 3, 4))
            .gives(0.565926151624, 1.12815991903)
            .refuses(
                "clip: low is 1.0 but high is 0.0; low must not be above it",
                (v, c) -> Unary.clip(v.get(0), 1, 0),
                Shape.of(3)),
        OpCase.of("softsign", v -> Unary.softsign(v.get(0)), wave(53, 3, 4))
            .gives(0.690267171231, 0.54012047335),
        OpCase.of("hard-sigmoid", v -> Unary.hardSigmoid(v.get(0), 4.0 / 6, 0.5), wave(91, 3, 4))
            .gives(0.496745764782, 0.121348291592),
        OpCase.of("hard-sigmoid/steep", v -> Unary.hardSigmoid(v.get(0), 0.8, 0.5), wave(54, 3, 4))
            .gives(0.293751017391, -1.07523666068),
        OpCase.of("erf", v -> Unary.erf(v.get(0)), wave(55, 3, 4))
            .gives(-0.0322383914635, -0.0181711978499),
        OpCase.of(
                "parametric-relu",
                v -> ParametricRelu.of(v.get(0), v.get(1)),
                wave(56, 2, 3, 4),
                wave(57, 1))
            .gives(-2.81236496529, 1.43780350154, 1.9426339561)
            .refuses(
                "parametric-relu: slope is [2] but x is [2, 3, 4]; give one slope, or one a channel",
                Shape.of(2, 3, 4),
                Shape.of(2)),
        OpCase.of(
                "parametric-relu/per-channel",
                v -> ParametricRelu.of(v.get(0), v.get(1)),
                wave(56, 2, 3, 4),
                wave(57, 3))
            .gives(-3.39239065471, 0.137369542355, -2.22848978569));
  }

  private static List<OpCase> ofTwo() {
    return List.of(
        OpCase.of("broadcast", v -> Broadcast.of(v.get(0), Shape.of(2, 3, 4)), wave(58, 3, 1))
            .gives(5.58299946816, 3.71589326273)
            .refuses(
                "broadcast: x is [2] but [2, 3, 4] is wanted; from the right, each size must be that or"
                    + " 1",
                Shape.of(2)),
        OpCase.of("add/broadcast", v -> Ops.add(v.get(0), v.get(1)), wave(59, 3, 4), wave(60, 4))
            .gives(1.30256115886, -0.074784861783, -0.751702673787),
        OpCase.of(
                "subtract/broadcast",
                v -> Ops.subtract(v.get(0), v.get(1)),
                wave(59, 2, 1, 4),
                wave(60, 3, 1))
            .gives(0.908267017557, -2.72828012594, -3.71589326273),
        OpCase.of(
                "multiply/broadcast",
                v -> Ops.multiply(v.get(0), v.get(1)),
                wave(59, 3, 1),
                wave(60, 2, 3, 4))
            .gives(-2.38206564953, -0.630787916439, -0.929040889107),
        OpCase.of(
                "divide/broadcast",
                v -> Ops.divide(v.get(0), v.get(1)),
                positive(59, 3, 4),
                positive(60, 4))
            .gives(-0.308388151384, 0.818496914212, -0.0106817751917),
        OpCase.of(
                "power/broadcast",
                v -> Ops.power(v.get(0), v.get(1)),
                positive(59, 3, 4),
                positive(60, 3, 1))
            .gives(-0.933704037071, 0.670334351637, 6.02599771361),
        OpCase.of(
                "larger/maximum",
                v -> Larger.maximum(v.get(0), v.get(1)),
                wave(61, 3, 4),
                wave(62, 3, 4))
            .gives(0.0306941883092, -0.0382449226172, -0.0365399391658)
            .refuses(
                "maximum: x is [3, 4] but y is [3]; from the right, sizes must be equal or 1",
                Shape.of(3, 4),
                Shape.of(3)),
        OpCase.of(
                "larger/minimum-broadcast",
                v -> Larger.minimum(v.get(0), v.get(1)),
                wave(61, 3, 4),
                wave(62, 4))
            .gives(-0.289080779899, -0.0951632657211, -0.00883219200867),
        OpCase.with(
                "where",
                CHOICE,
                (v, c) -> Where.of(c.get(0), v.get(0), v.get(1)),
                wave(63, 3, 4),
                wave(64, 3, 1))
            .gives(1.76302625691, -0.365788530887, 0.880187970357)
            .refuses(
                "where: the condition is [3] but x and y are [3, 4]; from the right, sizes must be equal"
                    + " or 1",
                Shape.of(3, 4),
                Shape.of(3, 1),
                Shape.of(3)));
  }

  private static List<OpCase> alongAnAxis() {
    return List.of(
        OpCase.of("extreme/max", v -> Extreme.maximum(v.get(0), 1), wave(65, 2, 3, 4))
            .gives(0.83513761466, 0.976944129669)
            .refuses("max: x is [3] and has no axis 1; give one from 0", Shape.of(3))
            .refuses("max: x is [2, 0] but axis 1 must have 1 or more elements", Shape.of(2, 0)),
        OpCase.of("extreme/min", v -> Extreme.minimum(v.get(0), -1), wave(66, 2, 3, 4))
            .gives(-0.244891005265, -1.88521639425),
        OpCase.of("extreme/argmax", v -> Extreme.argmax(v.get(0), 1), wave(65, 2, 3, 4))
            .gives(-1.40962079060, 0),
        OpCase.of("extreme/argmin", v -> Extreme.argmin(v.get(0), 2), wave(66, 2, 3, 4))
            .gives(-2.93223047590, 0),
        OpCase.of("cumulative-sum", v -> CumulativeSum.of(v.get(0), 1), wave(67, 2, 3, 4))
            .gives(1.99798142561, 0.292534381913)
            .refuses("cumulative-sum: x is [3] and has no axis 1; give one from 0", Shape.of(3)),
        OpCase.of("cumulative-sum/last", v -> CumulativeSum.of(v.get(0), -1), wave(68, 2, 5))
            .gives(-1.09582777771, -0.993301069598),
        OpCase.of("softmax/axis-1", v -> Softmax.of(v.get(0), 1), wave(71, 2, 3, 4))
            .gives(-0.367522561376, 0.419468340668)
            .refuses("softmax: x is [3] and has no axis 1; give one from 0", Shape.of(3)),
        OpCase.of("log-softmax/axis-0", v -> Softmax.logarithm(v.get(0), 0), wave(72, 3, 4))
            .gives(2.08119373385, 0.437759741648),
        OpCase.of(
                "local-response-norm",
                v -> LocalResponseNorm.of(v.get(0), 3, 0.5, 0.75, 1.2),
                wave(69, 2, 5, 3))
            .gives(-3.85400856006, 0.657475680647)
            .refuses("local-response-norm: x is [3] but [n, channels, ...] is needed", Shape.of(3)),
        OpCase.of(
                "local-response-norm/even",
                v -> LocalResponseNorm.of(v.get(0), 4, 0.5, 1.5, 0.7),
                wave(70, 2, 6, 2, 2))
            .gives(-1.17827695419, -3.61642167655));
  }
}
