package io.kiln.nn.check;

import static io.kiln.nn.check.Waves.positive;
import static io.kiln.nn.check.Waves.wave;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.op.arithmetic.Add;
import io.kiln.nn.op.arithmetic.Divide;
import io.kiln.nn.op.arithmetic.Exp;
import io.kiln.nn.op.arithmetic.Log;
import io.kiln.nn.op.arithmetic.Multiply;
import io.kiln.nn.op.arithmetic.Power;
import io.kiln.nn.op.arithmetic.Subtract;
import io.kiln.nn.tensor.Shape;
import java.util.List;
import java.util.function.BinaryOperator;

/** Arithmetic of graphs written by hand. */
final class ArithmeticCases {
  private ArithmeticCases() {}

  static List<OpCase> all() {
    return List.of(
        equal("add/equal-shapes", Add::of).gives(-1.82799853791, -0.074784861783, -0.074784861783),
        equal("subtract/equal-shapes", Subtract::of)
            .gives(-1.2421078354, -0.074784861783, 0.074784861783),
        equal("multiply/equal-shapes", Multiply::of)
            .gives(-3.18876693049, 1.780188136, 1.35184527429),
        equal("divide/equal-shapes", Divide::of)
            .gives(-1.92146721812, -1.74829900307, 3.87438651943),
        equal("power/equal-shapes", Power::of).gives(-6.37067548917, 5.41674545892, 5.74599609506),
        right("add/number-on-the-right", Add::of)
            .gives(-2.08723949706, -0.074784861783, -0.846705161265),
        right("subtract/number-on-the-right", Subtract::of)
            .gives(-0.982866876244, -0.074784861783, 0.846705161265),
        right("multiply/number-on-the-right", Multiply::of)
            .gives(-1.48925312347, -0.0725535701091, -2.94150965175),
        right("divide/number-on-the-right", Divide::of)
            .gives(-1.58226177183, -0.0770847739608, 3.12521639208),
        right("power/number-on-the-right", Power::of)
            .gives(-1.49200448166, -0.0980325638474, -3.07341620075),
        left("add/number-on-the-left", Add::of)
            .gives(-1.38994847589, -0.846705161265, -0.074784861783),
        left("subtract/number-on-the-left", Subtract::of)
            .gives(-0.804057773369, -0.846705161265, 0.074784861783),
        left("multiply/number-on-the-left", Multiply::of)
            .gives(-0.564616976023, -3.88173245946, -0.144138837947),
        left("divide/number-on-the-left", Divide::of)
            .gives(-3.40702641002, 0.987687837921, 7.89146240551),
        left("power/number-on-the-left", Power::of)
            .gives(-1.40458426654, -10.5698379906, 1.92088015892),
        itself("multiply/itself", Multiply::of).gives(-3.96064641629, 2.70369054857),
        itself("power/itself", Power::of).gives(-7.23429256831, 16.377803912),
        OpCase.of("exp/own-op", v -> Exp.of(v.get(0)), wave(1, 3, 4))
            .gives(-1.77222638145, 1.91376528101),
        OpCase.of("log", v -> Log.of(v.get(0)), positive(2, 3, 4))
            .gives(0.731421856793, -1.74829900307),
        OpCase.of("power/square", v -> Power.of(v.get(0), 2), wave(1, 3))
            .gives(-0.624552991765, 1.8142144221),
        OpCase.of("divide/reciprocal", v -> Divide.of(1, v.get(0)), positive(1, 3))
            .gives(-0.937231598708, 0.959957461648),
        OpCase.of(
                "arithmetic/node-used-many-times",
                v -> nodeUsedManyTimes(v.get(0), v.get(1)),
                positive(3),
                positive(4))
            .gives(0.653179968572, 0.0650788139167, -0.0172343393314));
  }

  private static Var nodeUsedManyTimes(Var x, Var y) {
    Var product = Multiply.of(x, y);
    Var quotient = Divide.of(Add.of(product, x), Subtract.of(Add.of(product, 3), y));
    return Add.of(Multiply.of(quotient, product), Exp.of(Subtract.of(x, product)));
  }

  private static OpCase equal(String name, BinaryOperator<Var> op) {
    String where = name.substring(0, name.indexOf('/'));
    return OpCase.of(name, v -> op.apply(v.get(0), v.get(1)), positive(1, 3, 4), positive(2, 3, 4))
        .refuses(
            where + ": x is [3, 4] but y is [3]; from the right, sizes must be equal or 1",
            Shape.of(3, 4),
            Shape.of(3));
  }

  private static OpCase right(String name, BinaryOperator<Var> op) {
    return OpCase.of(name, v -> op.apply(v.get(0), v.get(1)), positive(1, 3, 4), positive(2));
  }

  private static OpCase left(String name, BinaryOperator<Var> op) {
    return OpCase.of(name, v -> op.apply(v.get(0), v.get(1)), positive(1), positive(2, 3, 4));
  }

  private static OpCase itself(String name, BinaryOperator<Var> op) {
    return OpCase.of(name, v -> op.apply(v.get(0), v.get(0)), positive(1, 3, 4));
  }
}
