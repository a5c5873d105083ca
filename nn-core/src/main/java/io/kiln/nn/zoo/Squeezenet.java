package io.kiln.nn.zoo;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.Dropout;
import io.kiln.nn.layer.GlobalAvgPool;
import io.kiln.nn.layer.Init;
import io.kiln.nn.layer.Layer;
import io.kiln.nn.layer.MaxPool2d;
import io.kiln.nn.layer.Padding;
import io.kiln.nn.layer.Pair;
import io.kiln.nn.layer.Relu;
import io.kiln.nn.layer.Scope;
import io.kiln.nn.layer.Sequential;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * SqueezeNet: fire modules between poolings, and a 1×1 convolution whose planes' means are the
 * scores (Iandola et al. 2016, "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters").
 *
 * <p>Shapes: x {@code [n, c, h, w]} with h, w ≥ 17 (1.0: 21) → scores {@code [n, outputs]}.
 * Structure, names (features.0, features.3.squeeze, …, classifier.1) and initial values are those
 * of torchvision's {@code squeezenet1_0} and {@code squeezenet1_1}: He uniform, the last
 * convolution of deviation 0.01, biases 0.
 *
 * @param body the layers
 */
public record Squeezenet(Sequential body) implements FeatureModel {
  /** Filters of each fire module's first layer; 0 stands for a pooling. */
  private static final Map<Integer, List<Integer>> MODULES =
      Map.of(
          10, List.of(16, 16, 32, 0, 32, 48, 48, 64, 0, 64),
          11, List.of(16, 16, 0, 32, 32, 0, 48, 48, 64, 64));

  /** squeezenet1-0, squeezenet1-1. */
  public static List<String> names() {
    return List.of("squeezenet1-0", "squeezenet1-1");
  }

  /** Reads {@code outputs} and {@code dropout} (0.5). */
  public static Squeezenet from(Settings settings, SampleSpec spec) {
    int version = Variants.number(settings);
    int outputs = Outputs.from(settings, spec);
    double dropout = settings.within(0, 0.99, "dropout", 0.5);
    settings.finish();
    return of(version, outputs, dropout);
  }

  /** SqueezeNet 1.1 with torchvision's dropout. */
  public static Squeezenet of(int outputs) {
    return of(11, outputs, 0.5);
  }

  /**
   * SqueezeNet.
   *
   * @param version 10 or 11
   */
  public static Squeezenet of(int version, int outputs, double dropout) {
    List<Integer> modules = Variants.of("squeezenet", MODULES, version);
    List<Layer> features = new ArrayList<>();
    features.add(
        version == 10
            ? Parts.biased(96, 7, 2, 0, Init.heUniform())
            : Parts.biased(64, 3, 2, 0, Init.heUniform()));
    features.add(new Relu());
    features.add(pooling());
    for (int squeeze : modules) {
      features.add(squeeze == 0 ? pooling() : new Fire(squeeze, 4 * squeeze));
    }
    Map<String, Layer> body = new LinkedHashMap<>();
    body.put("features", Sequential.of(features));
    body.put(
        "classifier",
        Sequential.of(
            new Dropout(dropout, false),
            Parts.biased(outputs, 1, 1, 0, Init.normal(0.01)),
            new Relu(),
            new GlobalAvgPool()));
    return new Squeezenet(new Sequential(body));
  }

  private static MaxPool2d pooling() {
    return new MaxPool2d(Pair.of(3), Pair.of(2), Padding.VALID, Pair.of(1), true);
  }

  @Override
  public Var forward(Scope scope, List<Var> inputs) {
    return body.forward(scope, inputs.get(0));
  }
}
