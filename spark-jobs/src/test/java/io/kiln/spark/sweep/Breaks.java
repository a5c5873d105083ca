package io.kiln.spark.sweep;

import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.layer.Layer;
import io.kiln.nn.layer.Scope;
import io.kiln.nn.tensor.Tensor;

/**
 * A layer with a mistake, in the list of names of the tests: y = x, but after so many forwards it
 * reads past an array's end. Nobody sees that before it trains.
 *
 * @param after forwards that go well; 0 for all
 */
public record Breaks(int after) implements Layer {
  /** Reads after. */
  public static Breaks from(Settings settings) {
    Breaks breaks = new Breaks(settings.integer("after"));
    settings.finish();
    return breaks;
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return x.tape().apply(new Copy(x, after));
  }

  private static final class Copy extends Op {
    private final int after;
    private int forwards;

    Copy(Var x, int after) {
      super(x.shape(), x);
      this.after = after;
    }

    @Override
    protected void forward() {
      if (++forwards == after) {
        throw new ArrayIndexOutOfBoundsException("breaks: row 7 of 7");
      }
      output().value().copyFrom(input(0).value());
    }

    @Override
    protected void backward() {
      Tensor dx = input(0).gradTarget();
      dx.copyFrom(output().grad());
      input(0).gradDone();
    }
  }
}
