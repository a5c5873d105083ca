package io.kiln.nn.check;

import static io.kiln.nn.check.Waves.positive;
import static io.kiln.nn.check.Waves.wave;

import io.kiln.nn.kernel.Nonlinearity;
import io.kiln.nn.op.arithmetic.Activation;
import io.kiln.nn.op.norm.Softmax;
import io.kiln.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Nonlinear functions of each element, and of each row. */
final class ActivationCases {
  private static final double PARAMETER = 0.7;

  private ActivationCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    cases.addAll(
        List.of(
            alone("sigmoid", Nonlinearity.SIGMOID).gives(0.306447450682, -0.447928939609),
            alone("tanh", Nonlinearity.TANH).gives(3.26763279067, -2.00934702089),
            alone("exp", Nonlinearity.EXP).gives(4.22850879283, 0.409698819297),
            alone("arctan", Nonlinearity.ARCTAN).gives(3.35521508541, -1.94245413882),
            alone("softplus", Nonlinearity.SOFTPLUS).gives(0.878239424983, -0.559165429897),
            alone("silu", Nonlinearity.SILU).gives(2.3824991942, -0.112697371719),
            alone("gelu", Nonlinearity.GELU).gives(2.50082744557, 0.230927250097),
            alone("gelu-tanh", Nonlinearity.GELU_TANH).gives(2.50058168578, 0.230578297626),
            alone("leaky-relu", Nonlinearity.LEAKY_RELU).gives(3.64659045519, -0.810836701296),
            alone("elu", Nonlinearity.ELU).gives(3.26855619108, -0.414563047871)));
    cases.addAll(
        List.of(
            inAChain("sigmoid/in-a-chain", Nonlinearity.SIGMOID)
                .gives(-0.323012018246, 0.0223006698238),
            inAChain("tanh/in-a-chain", Nonlinearity.TANH).gives(-0.274594950327, 0.0874068485998),
            inAChain("exp/in-a-chain", Nonlinearity.EXP).gives(-0.538084702344, 0.0313587610484),
            inAChain("log/in-a-chain", Nonlinearity.LOG).gives(0.274015536152, 0.188454554224),
            inAChain("arctan/in-a-chain", Nonlinearity.ARCTAN)
                .gives(-0.276322922251, 0.088282129222),
            inAChain("softplus/in-a-chain", Nonlinearity.SOFTPLUS)
                .gives(-0.49273701889, 0.0221780522855),
            inAChain("silu/in-a-chain", Nonlinearity.SILU).gives(-0.20762769507, 0.0950943030976),
            inAChain("gelu/in-a-chain", Nonlinearity.GELU).gives(-0.229462976873, 0.112598277758),
            inAChain("gelu-tanh/in-a-chain", Nonlinearity.GELU_TANH)
                .gives(-0.229448407628, 0.11257646512),
            inAChain("leaky-relu/in-a-chain", Nonlinearity.LEAKY_RELU)
                .gives(-0.300691708112, 0.109991368298),
            inAChain("elu/in-a-chain", Nonlinearity.ELU).gives(-0.300691708112, 0.109991368298)));
    cases.add(
        OpCase.of("softmax", v -> Softmax.of(v.get(0)), wave(43, 4, 5))
            .gives(0.0223921557161, 0.0819092313332)
            .refuses(
                "softmax: x is [] but a last axis of 1 or more classes is needed", Shape.of()));
    cases.add(
        OpCase.of("softmax/rank-3", v -> Softmax.of(v.get(0)), wave(44, 2, 3, 4))
            .gives(-1.11469240919, -0.22540393764));
    cases.add(
        OpCase.of("softmax/wide", v -> Softmax.of(v.get(0)), wave(319, 3, 37))
            .gives(-0.309843230304, -0.306442325597));
    cases.add(
        OpCase.of("log-softmax/wide", v -> Softmax.logarithm(v.get(0)), wave(320, 3, 37))
            .gives(1.83070059451, -7.37693866156));
    cases.add(
        OpCase.of("log-softmax", v -> Softmax.logarithm(v.get(0)), wave(45, 4, 5))
            .gives(-4.1830586123, 1.54253218419)
            .refuses(
                "log-softmax: x is [] but a last axis of 1 or more classes is needed", Shape.of()));
    return cases;
  }

  private static OpCase alone(String name, Nonlinearity function) {
    return OpCase.of(name, v -> Activation.of(function, PARAMETER, v.get(0)), wave(41, 5, 7));
  }

  /** Between others, so that it may run in place. */
  private static OpCase inAChain(String name, Nonlinearity function) {
    return OpCase.of(
        name,
        v -> Activation.tanh(Activation.of(function, PARAMETER, Activation.sigmoid(v.get(0)))),
        positive(42, 3, 4));
  }
}
