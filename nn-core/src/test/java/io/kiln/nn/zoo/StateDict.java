package io.kiln.nn.zoo;

import io.kiln.nn.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Names and shapes that {@code state_dict()} of the original networks has, in its order: written
 * after the original sources, not after ours.
 */
final class StateDict {
  private final Map<String, Shape> entries = new LinkedHashMap<>();

  Map<String, Shape> entries() {
    return entries;
  }

  /** Numbers in weights, biases, gains and offsets. */
  long parameters() {
    return entries.entrySet().stream()
        .filter(entry -> !entry.getKey().matches(".*(running_.*|num_batches_tracked)"))
        .mapToLong(entry -> entry.getValue().count())
        .sum();
  }

  private void weight(String name, int... sizes) {
    entries.put(name + ".weight", Shape.of(sizes));
  }

  private void biased(String name, int... sizes) {
    weight(name, sizes);
    entries.put(name + ".bias", Shape.of(sizes[0]));
  }

  private void norm(String name, int channels) {
    biased(name, channels);
    entries.put(name + ".running_mean", Shape.of(channels));
    entries.put(name + ".running_var", Shape.of(channels));
    entries.put(name + ".num_batches_tracked", Shape.of());
  }

  /**
   * torchvision/models/vgg.py.
   *
   * @param layers filters of each convolution, 0 for a pooling
   */
  static StateDict vgg(List<Integer> layers, boolean batchNorm, int classes) {
    StateDict dict = new StateDict();
    int index = 0;
    int channels = 3;
    for (int filters : layers) {
      if (filters == 0) {
        index++;
        continue;
      }
      dict.biased("features." + index, filters, channels, 3, 3);
      if (batchNorm) {
        dict.norm("features." + (index + 1), filters);
      }
      index += batchNorm ? 3 : 2;
      channels = filters;
    }
    dict.biased("classifier.0", 4096, 512 * 7 * 7);
    dict.biased("classifier.3", 4096, 4096);
    dict.biased("classifier.6", classes, 4096);
    return dict;
  }

  /**
   * torchvision/models/resnet.py.
   *
   * @param expansion 1 for BasicBlock, 4 for Bottleneck
   */
  static StateDict resnet(int expansion, int[] layers, int classes) {
    StateDict dict = new StateDict();
    dict.weight("conv1", 64, 3, 7, 7);
    dict.norm("bn1", 64);
    int inplanes = 64;
    int[] planes = {64, 128, 256, 512};
    for (int layer = 0; layer < 4; layer++) {
      for (int block = 0; block < layers[layer]; block++) {
        String name = "layer" + (layer + 1) + "." + block;
        int width = planes[layer];
        if (expansion == 1) {
          dict.weight(name + ".conv1", width, inplanes, 3, 3);
          dict.norm(name + ".bn1", width);
          dict.weight(name + ".conv2", width, width, 3, 3);
          dict.norm(name + ".bn2", width);
        } else {
          dict.weight(name + ".conv1", width, inplanes, 1, 1);
          dict.norm(name + ".bn1", width);
          dict.weight(name + ".conv2", width, width, 3, 3);
          dict.norm(name + ".bn2", width);
          dict.weight(name + ".conv3", width * expansion, width, 1, 1);
          dict.norm(name + ".bn3", width * expansion);
        }
        boolean strided = block == 0 && layer > 0;
        if (strided || inplanes != width * expansion) {
          dict.weight(name + ".downsample.0", width * expansion, inplanes, 1, 1);
          dict.norm(name + ".downsample.1", width * expansion);
        }
        inplanes = width * expansion;
      }
    }
    dict.biased("fc", classes, 512 * expansion);
    return dict;
  }

  /** resnet.py of akamaster/pytorch_resnet_cifar10. */
  static StateDict cifar(int blocks, boolean optionB, int classes) {
    StateDict dict = new StateDict();
    dict.weight("conv1", 16, 3, 3, 3);
    dict.norm("bn1", 16);
    int inPlanes = 16;
    int[] planes = {16, 32, 64};
    for (int layer = 0; layer < 3; layer++) {
      for (int block = 0; block < blocks; block++) {
        String name = "layer" + (layer + 1) + "." + block;
        dict.weight(name + ".conv1", planes[layer], inPlanes, 3, 3);
        dict.norm(name + ".bn1", planes[layer]);
        dict.weight(name + ".conv2", planes[layer], planes[layer], 3, 3);
        dict.norm(name + ".bn2", planes[layer]);
        if (optionB && inPlanes != planes[layer]) {
          dict.weight(name + ".shortcut.0", planes[layer], inPlanes, 1, 1);
          dict.norm(name + ".shortcut.1", planes[layer]);
        }
        inPlanes = planes[layer];
      }
    }
    dict.biased("linear", classes, 64);
    return dict;
  }

  /**
   * torchvision/models/squeezenet.py.
   *
   * @param first filters and size of the first convolution
   * @param fires position in features, channels, squeeze planes and expand planes of each module
   */
  static StateDict squeezenet(int[] first, int[][] fires, int classes) {
    StateDict dict = new StateDict();
    dict.biased("features.0", first[0], 3, first[1], first[1]);
    for (int[] fire : fires) {
      String name = "features." + fire[0];
      dict.biased(name + ".squeeze", fire[2], fire[1], 1, 1);
      dict.biased(name + ".expand1x1", fire[3], fire[2], 1, 1);
      dict.biased(name + ".expand3x3", fire[3], fire[2], 3, 3);
    }
    dict.biased("classifier.1", classes, 512, 1, 1);
    return dict;
  }
}
