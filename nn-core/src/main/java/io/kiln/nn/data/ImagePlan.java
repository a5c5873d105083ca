package io.kiln.nn.data;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What every image format is asked: {@code normalize} (true, false or imagenet) or {@code mean} and
 * {@code deviation}, and {@code augment}.
 */
record ImagePlan(
    String meanKey,
    boolean normalize,
    List<Double> mean,
    List<Double> deviation,
    Augmentation augmentation) {
  private static final List<Double> IMAGENET_MEAN = List.of(0.485, 0.456, 0.406);
  private static final List<Double> IMAGENET_DEVIATION = List.of(0.229, 0.224, 0.225);

  /** Some of some images. */
  record Part(ImageSource images, int[] samples) {
    static Part all(ImageSource images) {
      return range(images, 0, images.size());
    }

    static Part range(ImageSource images, int from, int to) {
      return new Part(images, IntStream.range(from, to).toArray());
    }
  }

  static ImagePlan of(Settings data) {
    List<Double> mean = data.numbers("mean", List.of());
    List<Double> deviation = data.numbers("deviation", List.of());
    boolean imagenet = "imagenet".equals(data.raw("normalize"));
    if (imagenet && mean.isEmpty()) {
      mean = IMAGENET_MEAN;
      deviation = IMAGENET_DEVIATION;
    }
    if (mean.size() != deviation.size()) {
      throw new ConfigException(
          data.path("mean")
              + ": "
              + mean.size()
              + " means and "
              + deviation.size()
              + " deviations came; give one of both a channel");
    }
    return new ImagePlan(
        data.path("mean"),
        imagenet || data.flag("normalize", true),
        mean,
        deviation,
        Augmentation.of(data.section("augment")));
  }

  /**
   * What pixels are normalised with, or null if that must be fitted.
   *
   * @param channels of an image
   */
  @Nullable Normalization given(int channels) {
    if (!mean.isEmpty() && mean.size() != channels) {
      throw new ConfigException(
          meanKey
              + ": "
              + mean.size()
              + " numbers came but the images have "
              + channels
              + " channels; give one a channel");
    }
    if (!mean.isEmpty()) {
      return new Normalization(mean, deviation);
    }
    return normalize ? null : Normalization.none(channels);
  }

  /**
   * The parts as samples. Training images are varied; the others are only cut to the same size.
   *
   * @param held what is here of the images of each part
   */
  Splits splits(
      List<Part> parts,
      List<Images> held,
      Normalization normalization,
      String fingerprint,
      Map<String, Object> fitted,
      List<String> notes) {
    List<Dataset> data = new ArrayList<>();
    for (Part part : parts) {
      Images images = held.get(data.size());
      Augmentation own = data.isEmpty() ? augmentation : augmentation.centred();
      Dataset all = data(images, normalization, own);
      data.add(part.samples().length == all.size() ? all : Subset.of(all, part.samples()));
    }
    return new Splits(data.get(0), data.get(1), data.get(2), fingerprint, fitted, notes);
  }

  /** Samples for a model that is trained: its normalisation must be in the settings. */
  Samples samples(Images images, boolean labelled, List<String> ids) {
    Normalization normalization = given(images.shape().size(0));
    if (normalization == null) {
      throw new ConfigException(
          meanKey
              + ": it is missing; give the mean and deviation the model was trained with,"
              + " normalize: imagenet, or normalize: false");
    }
    return new Samples(data(images, normalization, augmentation.centred()), labelled, ids);
  }

  private static Dataset data(
      Images images, Normalization normalization, Augmentation augmentation) {
    return augmentation.nothing()
        ? new ImageDataset(images, normalization)
        : new AugmentedImages(images, normalization, augmentation);
  }

  /** What is done with bytes of a shape that come from elsewhere. */
  static ImageWriter writer(Shape shape, Normalization normalization, Augmentation augmentation) {
    Images none = new Images(shape, new byte[0], new int[0], 1, List.of());
    return augmentation.nothing()
        ? new ImageDataset(none, normalization)
        : new AugmentedImages(none, normalization, augmentation);
  }
}
