package io.kiln.nn.zoo;

import io.kiln.nn.layer.BatchNorm;
import io.kiln.nn.layer.Conv2d;
import io.kiln.nn.layer.Dense;
import io.kiln.nn.layer.GlobalAvgPool;
import io.kiln.nn.layer.Init;
import io.kiln.nn.layer.Layer;
import io.kiln.nn.layer.Relu;
import io.kiln.nn.layer.Sequential;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The residual networks for CIFAR-10 of He et al. 2016, section 4.2: a 3×3 convolution, three
 * stages of (depth − 2) / 6 blocks of 16, 32 and 64 filters, the mean of each plane, scores.
 *
 * <p>Structure, names and initial values are those of akamaster/pytorch_resnet_cifar10: all weights
 * He normal, the bias of the scores as PyTorch's Linear.
 */
final class CifarResnet {
  /** Blocks of each stage, by the number of layers with weights. */
  static final Map<Integer, Integer> BLOCKS = Map.of(20, 3, 32, 5, 44, 7, 56, 9, 110, 18);

  private CifarResnet() {}

  /**
   * The layers of a network of that many.
   *
   * @param projects whether a block that halves the planes has a convolution as its shortcut
   *     (option B), else zeros are put around (option A)
   */
  static Sequential body(int depth, int outputs, boolean projects) {
    int count = Variants.of("resnet", BLOCKS, depth);
    Map<String, Layer> body = new LinkedHashMap<>();
    body.put("conv1", convolution(16, 3, 1));
    body.put("bn1", BatchNorm.of());
    body.put("relu", new Relu());
    for (int stage = 0; stage < 3; stage++) {
      List<Layer> blocks = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        blocks.add(block(16 << stage, i == 0 && stage > 0 ? 2 : 1, projects));
      }
      body.put("layer" + (stage + 1), Sequential.of(blocks));
    }
    body.put("avgpool", new GlobalAvgPool());
    body.put("linear", new Dense(outputs, true, Init.heNormal(), null));
    return new Sequential(body);
  }

  private static Residual block(int filters, int stride, boolean projects) {
    Map<String, Layer> body = new LinkedHashMap<>();
    body.put("conv1", convolution(filters, 3, stride));
    body.put("bn1", BatchNorm.of());
    body.put("relu1", new Relu());
    body.put("conv2", convolution(filters, 3, 1));
    body.put("bn2", BatchNorm.of());
    Sequential layers = new Sequential(body);
    if (stride == 1) {
      return Residual.of(layers);
    }
    Layer shortcut =
        projects
            ? Sequential.of(convolution(filters, 1, stride), BatchNorm.of())
            : new PaddedShortcut(filters);
    return new Residual(layers, "shortcut", shortcut);
  }

  private static Conv2d convolution(int filters, int kernel, int stride) {
    return Parts.plain(filters, kernel, stride, kernel / 2, Init.heNormal());
  }
}
