package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.algebra.Affine;
import io.kiln.nn.op.sequence.Attention;
import io.kiln.nn.op.shape.Reshape;
import io.kiln.nn.tensor.Shape;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Self-attention in several heads; Vaswani et al. 2017.
 *
 * <p>Shapes: x {@code [n, t, d]} → the same. Parameters, with PyTorch's names, layout and initial
 * values: {@code in_proj_weight} [3d, d], {@code in_proj_bias} [3d], {@code out_proj.weight} [d,
 * d], {@code out_proj.bias} [d].
 *
 * @param heads number of heads, which divides d
 * @param causal whether a step sees only itself and those before
 * @param bias whether there are biases
 */
public record MultiHeadAttention(int heads, boolean causal, boolean bias) implements Layer {
  /** Reads {@code heads}, {@code causal} (false), {@code bias} (true). */
  public static MultiHeadAttention from(Settings settings) {
    int heads = settings.atLeast(1, "heads", settings.integer("heads"));
    boolean causal = settings.flag("causal", false);
    boolean bias = settings.flag("bias", true);
    settings.finish();
    return new MultiHeadAttention(heads, causal, bias);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return forward(scope, x, null);
  }

  /** Records the layer with a mask {@code [n, t]}, 0 where a step is hidden. */
  public Var forward(Scope scope, Var x, @Nullable Var mask) {
    if (x.shape().rank() != 3 || x.shape().size(2) % heads != 0) {
      throw new ConfigException(
          "attention: x is "
              + x.shape()
              + " but [n, t, d] with d a multiple of "
              + heads
              + " heads is needed");
    }
    int n = x.shape().size(0);
    int t = x.shape().size(1);
    int d = x.shape().size(2);
    Var rows = Reshape.of(x, Shape.of(n * t, d));
    Var w = scope.weight("in_proj_weight", Shape.of(3 * d, d), Init.xavierUniform());
    Var qkv =
        bias
            ? Affine.of(rows, w, scope.bias("in_proj_bias", Shape.of(3 * d), Init.zeros()))
            : Affine.of(rows, w);
    Var y = Attention.self(Reshape.of(qkv, Shape.of(n, t, 3 * d)), heads, causal, mask);
    Dense out =
        Dense.from(Settings.of("out_proj", Map.of("units", d, "bias", bias, "bias-init", "zeros")));
    return scope.apply("out_proj", new TemporalAffine(out), y);
  }
}
