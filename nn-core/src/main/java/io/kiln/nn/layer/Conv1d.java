package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.shape.Reshape;
import io.kiln.nn.tensor.Shape;

/**
 * One-dimensional convolution with learned filters, of sequences with their channels first.
 *
 * <p>Shapes: x {@code [n, c, l]} → y {@code [n, filters, ol]}; parameters {@code weight} [filters,
 * c/groups, k] and {@code bias} [filters], PyTorch's names, layout and defaults (both uniform in
 * ±1/√(c/groups·k)). It is computed as {@link Conv2d} of planes of one row.
 *
 * @param filters number of output channels
 * @param lines how the window moves
 * @param groups parts into which the channels are cut
 * @param bias whether a bias is added
 * @param init initial values of the weight
 */
public record Conv1d(int filters, Lines lines, int groups, boolean bias, Init init)
    implements Layer {
  /**
   * Reads {@code filters}, {@code kernel}, {@code stride}, {@code padding}, {@code dilation},
   * {@code groups}, {@code bias}, {@code init}.
   */
  public static Conv1d from(Settings settings) {
    int filters = settings.atLeast(1, "filters", settings.integer("filters"));
    Lines lines = Lines.from(settings, false);
    int groups = settings.atLeast(1, "groups", 1);
    boolean bias = settings.flag("bias", true);
    Init init = Init.from(settings, "init", Init.fanIn());
    settings.finish();
    return new Conv1d(filters, lines, groups, bias, init);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    io.kiln.nn.op.image.Sliding sliding = lines.over("conv1d", x);
    int channels = Math.max(1, x.shape().size(1) / groups);
    Shape shape = Shape.of(filters, channels, lines.kernel());
    Var w = scope.weight("weight", shape, init);
    double bound = 1 / Math.sqrt(Math.max(1, Init.fanIn(shape)));
    Var b = bias ? scope.bias("bias", Shape.of(filters), Init.uniform(bound)) : null;
    Var filter = Reshape.of(w, Shape.of(filters, channels, 1, lines.kernel()));
    return Lines.lines(io.kiln.nn.op.image.Conv2d.of(Lines.planes(x), filter, b, sliding, groups));
  }
}
