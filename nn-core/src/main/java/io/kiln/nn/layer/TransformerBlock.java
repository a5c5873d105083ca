package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.arithmetic.Add;

/**
 * Self-attention and two dense layers, each with a residual connection and layer normalisation;
 * Vaswani et al. 2017.
 *
 * <p>Shapes: x {@code [n, t, d]} → the same. Before (pre-norm): z = x + attention(norm1(x)), y = z
 * + dense(norm2(z)). After (post-norm, the original): z = norm1(x + attention(x)), y = norm2(z +
 * dense(z)). Parameters have the names of PyTorch's TransformerEncoderLayer: self_attn.…,
 * linear1.…, linear2.…, norm1.…, norm2.….
 *
 * @param attention the heads
 * @param width numbers between the two dense layers
 * @param activation between the two dense layers
 * @param dropout share dropped after attention, between the dense layers and after them
 * @param normFirst whether normalisation stands before
 */
public record TransformerBlock(
    MultiHeadAttention attention, int width, Layer activation, double dropout, boolean normFirst)
    implements Layer {
  private static final LayerNorm NORM = new LayerNorm(1, 1e-5, true);

  /**
   * Reads {@code heads}, {@code causal} (false), {@code width} (2048), {@code activation:
   * gelu|relu} (relu, as in PyTorch), {@code dropout} (0), {@code norm: first|last} (first).
   */
  public static TransformerBlock from(Settings settings) {
    int heads = settings.atLeast(1, "heads", settings.integer("heads"));
    boolean causal = settings.flag("causal", false);
    int width = settings.atLeast(1, "width", 2048);
    String activation = settings.choice("activation", "relu", "relu", "gelu");
    double dropout = settings.within(0, 0.999, "dropout", 0);
    String norm = settings.choice("norm", "first", "first", "last");
    settings.finish();
    return new TransformerBlock(
        new MultiHeadAttention(heads, causal, true),
        width,
        activation.equals("gelu") ? new Gelu(true) : new Relu(),
        dropout,
        norm.equals("first"));
  }

  @Override
  public Var forward(Scope scope, Var x) {
    if (normFirst) {
      Var z = Add.of(x, attend(scope, scope.apply("norm1", NORM, x)));
      return Add.of(z, think(scope, scope.apply("norm2", NORM, z)));
    }
    Var z = scope.apply("norm1", NORM, Add.of(x, attend(scope, x)));
    return scope.apply("norm2", NORM, Add.of(z, think(scope, z)));
  }

  private Var attend(Scope scope, Var x) {
    return drop(scope, "dropout1", scope.apply("self_attn", attention, x));
  }

  private Var think(Scope scope, Var x) {
    int d = x.shape().size(-1);
    Var wide = scope.apply("linear1", TemporalAffine.of(width), x);
    Var active = drop(scope, "dropout", activation.forward(scope, wide));
    return drop(scope, "dropout2", scope.apply("linear2", TemporalAffine.of(d), active));
  }

  private Var drop(Scope scope, String name, Var x) {
    return dropout == 0 ? x : scope.apply(name, new Dropout(dropout, false), x);
  }
}
