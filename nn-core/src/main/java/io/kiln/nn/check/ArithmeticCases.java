package io.kiln.nn.check;

import static io.kiln.nn.autograd.GradientCheck.random;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.op.Add;
import io.kiln.nn.op.Divide;
import io.kiln.nn.op.Exp;
import io.kiln.nn.op.Log;
import io.kiln.nn.op.Multiply;
import io.kiln.nn.op.Power;
import io.kiln.nn.op.Subtract;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;

/** Arithmetic of graphs written by hand. */
final class ArithmeticCases {
  private ArithmeticCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    binary(cases, "add", Add::of);
    binary(cases, "subtract", Subtract::of);
    binary(cases, "multiply", Multiply::of);
    binary(cases, "divide", Divide::of);
    binary(cases, "power", Power::of);
    cases.add(OpCase.of("exp/own-op", v -> Exp.of(v.get(0)), random(1, 3, 4)));
    cases.add(OpCase.of("log", v -> Log.of(v.get(0)), positive(2, 3, 4)));
    cases.add(OpCase.of("power/square", v -> Power.of(v.get(0), 2), random(1, 3)));
    cases.add(OpCase.of("divide/reciprocal", v -> Divide.of(1, v.get(0)), positive(1, 3)));
    cases.add(
        OpCase.of(
            "arithmetic/node-used-many-times",
            v -> {
              Var x = v.get(0);
              Var y = v.get(1);
              Var product = Multiply.of(x, y);
              Var quotient = Divide.of(Add.of(product, x), Subtract.of(Add.of(product, 3), y));
              return Add.of(Multiply.of(quotient, product), Exp.of(Subtract.of(x, product)));
            },
            positive(3),
            positive(4)));
    return cases;
  }

  private static void binary(List<OpCase> cases, String name, BinaryOperator<Var> op) {
    cases.add(
        OpCase.of(
            name + "/equal-shapes",
            v -> op.apply(v.get(0), v.get(1)),
            positive(1, 3, 4),
            positive(2, 3, 4)));
    cases.add(
        OpCase.of(
            name + "/number-on-the-right",
            v -> op.apply(v.get(0), v.get(1)),
            positive(1, 3, 4),
            positive(2)));
    cases.add(
        OpCase.of(
            name + "/number-on-the-left",
            v -> op.apply(v.get(0), v.get(1)),
            positive(1),
            positive(2, 3, 4)));
    if (!name.equals("subtract") && !name.equals("divide")) { // those give 0 and 1
      cases.add(OpCase.of(name + "/itself", v -> op.apply(v.get(0), v.get(0)), positive(1, 3, 4)));
    }
  }

  private static Tensor positive(long seed, int... sizes) {
    Tensor x = random(seed, sizes);
    for (int i = 0; i < x.count(); i++) {
      x.set(i, 0.5 + Math.abs(x.get(i)));
    }
    return x;
  }
}
