package io.kiln.nn.zoo;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.AdaptiveAvgPool2d;
import io.kiln.nn.layer.BatchNorm;
import io.kiln.nn.layer.Dropout;
import io.kiln.nn.layer.Flatten;
import io.kiln.nn.layer.Init;
import io.kiln.nn.layer.Layer;
import io.kiln.nn.layer.MaxPool2d;
import io.kiln.nn.layer.Pair;
import io.kiln.nn.layer.Relu;
import io.kiln.nn.layer.Scope;
import io.kiln.nn.layer.Sequential;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * VGG: five stages of 3×3 convolutions, each ended by a pooling, then three dense layers (Simonyan
 * and Zisserman 2015, "Very deep convolutional networks for large-scale image recognition").
 *
 * <p>Shapes: x {@code [n, c, h, w]} with h, w ≥ 32 → scores {@code [n, outputs]}. Structure, names
 * (features.0 …, classifier.0, .3, .6) and initial values are those of torchvision's {@code vgg11}
 * … {@code vgg19}, with {@code batch-norm} those of {@code vgg11_bn} …: convolutions He normal by
 * their outputs, dense weights of deviation 0.01, biases 0.
 *
 * @param body the layers
 */
public record Vgg(Sequential body) implements FeatureModel {
  private static final int[] WIDTHS = {64, 128, 256, 512, 512};

  /** Number of convolutions of each stage, by the number of layers with weights. */
  private static final Map<Integer, List<Integer>> STAGES =
      Map.of(
          11, List.of(1, 1, 2, 2, 2),
          13, List.of(2, 2, 2, 2, 2),
          16, List.of(2, 2, 3, 3, 3),
          19, List.of(2, 2, 4, 4, 4));

  /** vgg11, vgg13, vgg16, vgg19. */
  public static List<String> names() {
    return Variants.names("vgg", STAGES);
  }

  /** Reads {@code outputs}, {@code batch-norm} (false) and {@code dropout} (0.5). */
  public static Vgg from(Settings settings, SampleSpec spec) {
    int depth = Variants.number(settings);
    int outputs = Outputs.from(settings, spec);
    boolean batchNorm = settings.flag("batch-norm", false);
    double dropout = settings.within(0, 0.99, "dropout", 0.5);
    settings.finish();
    return of(depth, outputs, batchNorm, dropout);
  }

  /** The network of 11, 13, 16 or 19 layers without batch normalization. */
  public static Vgg of(int depth, int outputs) {
    return of(depth, outputs, false, 0.5);
  }

  /** The network of 11, 13, 16 or 19 layers. */
  public static Vgg of(int depth, int outputs, boolean batchNorm, double dropout) {
    List<Layer> features = new ArrayList<>();
    List<Integer> stages = Variants.of("vgg", STAGES, depth);
    for (int stage = 0; stage < stages.size(); stage++) {
      for (int i = 0; i < stages.get(stage); i++) {
        features.add(Parts.biased(WIDTHS[stage], 3, 1, 1, Init.heNormalFanOut()));
        if (batchNorm) {
          features.add(BatchNorm.of());
        }
        features.add(new Relu());
      }
      features.add(MaxPool2d.of(2, 2, 0));
    }
    Map<String, Layer> body = new LinkedHashMap<>();
    body.put("features", Sequential.of(features));
    body.put("avgpool", new AdaptiveAvgPool2d(Pair.of(7)));
    body.put("flatten", new Flatten());
    body.put(
        "classifier",
        Sequential.of(
            Parts.dense(4096, Init.normal(0.01)),
            new Relu(),
            new Dropout(dropout, false),
            Parts.dense(4096, Init.normal(0.01)),
            new Relu(),
            new Dropout(dropout, false),
            Parts.dense(outputs, Init.normal(0.01))));
    return new Vgg(new Sequential(body));
  }

  @Override
  public Var forward(Scope scope, List<Var> inputs) {
    return body.forward(scope, inputs.get(0));
  }
}
