package lessons;

import io.kiln.nn.Data;
import io.kiln.nn.Kiln;
import io.kiln.nn.Trained;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.layer.Dense;
import io.kiln.nn.layer.Flatten;
import io.kiln.nn.layer.Init;
import io.kiln.nn.layer.Layer;
import io.kiln.nn.layer.Relu;
import io.kiln.nn.layer.Scope;
import io.kiln.nn.layer.Sequential;
import io.kiln.nn.op.Ops;
import io.kiln.nn.tensor.Shape;

/** Lesson 4: a layer is a record that says what it computes, and which weights it has. */
public final class OwnLayer04 {
  private OwnLayer04() {}

  /** y = x + scale·dense(relu(dense(x))). Shapes: x [n, units] → y [n, units]. */
  public record Block(int units) implements Layer {
    /** Reads units, where the layer is named in YAML: META-INF/kiln/layer.names has its name. */
    public static Block from(Settings settings) {
      Block block = new Block(settings.atLeast(1, "units", settings.integer("units")));
      settings.finish();
      return block;
    }

    @Override
    public Var forward(Scope scope, Var x) {
      Layer inner = Sequential.of(Dense.of(units), new Relu(), Dense.of(units));
      Var scale = scope.weight("scale", Shape.of(units), Init.constant(0.5));
      return Ops.add(x, Ops.multiply(scope.apply("inner", inner, x), scale));
    }
  }

  /** Runs the lesson. */
  public static void main(String[] arguments) throws Exception {
    Data digits = Kiln.data("{format: synthetic, train: 2000, test: 500}");
    Layer layers =
        Sequential.of(new Flatten(), Dense.of(32), new Block(32), new Block(32), Dense.of(10));
    Trained net = Kiln.trainer(layers).optimizer("adam", 0.003).epochs(5).fit(digits);
    System.out.println("scale: " + net.network().params().value("2.scale").shape());
    System.out.println(net.evaluate(digits.test()).line());

    // The same by name.
    Trained named =
        Kiln.trainer(
                "{layers: [{type: flatten}, {type: dense, units: 32}, {type: block, units: 32},"
                    + " {type: dense, units: 10}]}")
            .epochs(1)
            .fit(digits);
    Lessons.expect(
        named.network().params().value("2.scale").count() == 32, "the layer has its scale");
  }
}
