package io.kiln.nn.check;

import static io.kiln.nn.autograd.GradientCheck.random;

import io.kiln.nn.kernel.Nonlinearity;
import io.kiln.nn.op.Activation;
import io.kiln.nn.op.Softmax;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Nonlinear functions of each element, and of each row. */
final class ActivationCases {
  private ActivationCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    for (Nonlinearity function : Nonlinearity.values()) {
      String name = function.name().toLowerCase(Locale.ROOT).replace('_', '-');
      if (function != Nonlinearity.LOG) { // needs positive numbers: see ArithmeticCases
        cases.add(OpCase.of(name, v -> Activation.of(function, 0.7, v.get(0)), random(41, 5, 7)));
      }
      cases.add(
          OpCase.of(
              name + "/in-a-chain",
              v -> Activation.tanh(Activation.of(function, 0.7, Activation.sigmoid(v.get(0)))),
              random(42, 3, 4)));
    }
    cases.add(OpCase.of("softmax", v -> Softmax.of(v.get(0)), random(43, 4, 5)));
    cases.add(OpCase.of("softmax/rank-3", v -> Softmax.of(v.get(0)), random(44, 2, 3, 4)));
    cases.add(OpCase.of("log-softmax", v -> Softmax.logarithm(v.get(0)), random(45, 4, 5)));
    return cases;
  }
}
