package io.kiln.nn.zoo;

import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.tensor.Shape;
import java.util.Map;
import java.util.TreeMap;

/** The images that the named networks for images were made for; they take others too. */
final class ImageNetworks {
  private static final SampleSpec MNIST = SampleSpec.classification(Shape.of(1, 28, 28), 10);
  private static final SampleSpec CIFAR = SampleSpec.classification(Shape.of(3, 32, 32), 10);
  private static final SampleSpec IMAGENET = SampleSpec.classification(Shape.of(3, 224, 224), 1000);

  private ImageNetworks() {}

  /** One image and its class, by the name of the network. */
  static Map<String, SampleSpec> originals() {
    Map<String, SampleSpec> originals = new TreeMap<>();
    originals.put("lenet", MNIST);
    originals.put("cifar-cnn", CIFAR);
    Variants.names("resnet", CifarResnet.BLOCKS).forEach(name -> originals.put(name, CIFAR));
    Variants.names("resnet", ImagenetResnet.STAGES).forEach(name -> originals.put(name, IMAGENET));
    Vgg.names().forEach(name -> originals.put(name, IMAGENET));
    Squeezenet.names().forEach(name -> originals.put(name, IMAGENET));
    return originals;
  }
}
