package io.kiln.nn.zoo;

import io.kiln.nn.layer.BatchNorm;
import io.kiln.nn.layer.Conv2d;
import io.kiln.nn.layer.Dense;
import io.kiln.nn.layer.GlobalAvgPool;
import io.kiln.nn.layer.Init;
import io.kiln.nn.layer.Layer;
import io.kiln.nn.layer.MaxPool2d;
import io.kiln.nn.layer.Relu;
import io.kiln.nn.layer.Sequential;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The residual networks for ImageNet as torchvision builds them: a 7×7 convolution and a pooling,
 * four stages of blocks of 64, 128, 256 and 512 filters, the mean of each plane, scores.
 *
 * <p>Convolutions begin He normal by their outputs, gains 1, offsets 0, the scores as PyTorch's
 * Linear. From 50 layers on blocks are bottlenecks, with the stride in the 3×3 convolution ("ResNet
 * v1.5").
 */
final class ImagenetResnet {
  /** Blocks of each stage, by the number of layers with weights. */
  static final Map<Integer, List<Integer>> STAGES =
      Map.of(
          18, List.of(2, 2, 2, 2),
          34, List.of(3, 4, 6, 3),
          50, List.of(3, 4, 6, 3),
          101, List.of(3, 4, 23, 3),
          152, List.of(3, 8, 36, 3));

  private static final int WIDENING = 4;

  private ImagenetResnet() {}

  /** The layers of a network of that many. */
  static Sequential body(int depth, int outputs) {
    Map<String, Layer> body = new LinkedHashMap<>();
    body.put("conv1", convolution(64, 7, 2));
    body.put("bn1", BatchNorm.of());
    body.put("relu", new Relu());
    body.put("maxpool", MaxPool2d.of(3, 2, 1));
    List<Integer> stages = Variants.of("resnet", STAGES, depth);
    int channels = 64;
    for (int stage = 0; stage < stages.size(); stage++) {
      int filters = 64 << stage;
      List<Layer> blocks = new ArrayList<>();
      for (int i = 0; i < stages.get(stage); i++) {
        blocks.add(block(depth >= 50, channels, filters, i == 0 && stage > 0 ? 2 : 1));
        channels = depth >= 50 ? WIDENING * filters : filters;
      }
      body.put("layer" + (stage + 1), Sequential.of(blocks));
    }
    body.put("avgpool", new GlobalAvgPool());
    body.put("fc", Dense.of(outputs));
    return new Sequential(body);
  }

  private static Residual block(boolean bottleneck, int channels, int filters, int stride) {
    Map<String, Layer> body = new LinkedHashMap<>();
    body.put("conv1", bottleneck ? convolution(filters, 1, 1) : convolution(filters, 3, stride));
    body.put("bn1", BatchNorm.of());
    body.put("relu1", new Relu());
    body.put("conv2", convolution(filters, 3, bottleneck ? stride : 1));
    body.put("bn2", BatchNorm.of());
    int wide = filters;
    if (bottleneck) {
      wide = WIDENING * filters;
      body.put("relu2", new Relu());
      body.put("conv3", convolution(wide, 1, 1));
      body.put("bn3", BatchNorm.of());
    }
    Sequential layers = new Sequential(body);
    return stride == 1 && channels == wide
        ? Residual.of(layers)
        : new Residual(
            layers, "downsample", Sequential.of(convolution(wide, 1, stride), BatchNorm.of()));
  }

  private static Conv2d convolution(int filters, int kernel, int stride) {
    return Parts.plain(filters, kernel, stride, kernel / 2, Init.heNormalFanOut());
  }
}
