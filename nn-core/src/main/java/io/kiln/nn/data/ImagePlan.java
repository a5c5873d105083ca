package io.kiln.nn.data;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.io.Digests;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

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
  record Part(Images images, int[] samples) {
    static Part all(Images images) {
      return range(images, 0, images.size());
    }

    static Part range(Images images, int from, int to) {
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

  /** Training images are varied; the others are only cut to the same size. */
  Splits splits(
      Part train, Part validation, Part test, Map<String, Object> fitted, List<String> notes) {
    Map<String, Object> all = new LinkedHashMap<>(fitted);
    Normalization normalization = given(train.images());
    if (normalize && mean.isEmpty()) {
      normalization = Normalization.fit(train.images(), train.samples());
      all.put("mean", normalization.mean());
      all.put("deviation", normalization.deviation());
    }
    return new Splits(
        data(train, normalization, augmentation),
        data(validation, normalization, augmentation.centred()),
        data(test, normalization, augmentation.centred()),
        fingerprint(train, validation, test),
        all,
        notes);
  }

  /** Samples for a model that is trained: its normalisation must be in the settings. */
  Samples samples(Images images, boolean labelled, List<String> ids) {
    if (normalize && mean.isEmpty()) {
      throw new ConfigException(
          meanKey
              + ": it is missing; give the mean and deviation the model was trained with,"
              + " normalize: imagenet, or normalize: false");
    }
    Dataset data = data(Part.all(images), given(images), augmentation.centred());
    return new Samples(data, labelled, ids);
  }

  private Normalization given(Images images) {
    int channels = images.shape().size(0);
    if (!mean.isEmpty() && mean.size() != channels) {
      throw new ConfigException(
          meanKey
              + ": "
              + mean.size()
              + " numbers came but the images have "
              + channels
              + " channels; give one a channel");
    }
    return mean.isEmpty() ? Normalization.none(channels) : new Normalization(mean, deviation);
  }

  private static Dataset data(Part part, Normalization normalization, Augmentation augmentation) {
    Dataset all =
        augmentation.nothing()
            ? new ImageDataset(part.images(), normalization)
            : new AugmentedImages(part.images(), normalization, augmentation);
    return part.samples().length == all.size() ? all : Subset.of(all, part.samples());
  }

  /** SHA-256 of pixels and labels, of each set of images once. */
  private static String fingerprint(Part... parts) {
    MessageDigest digest = Digests.sha256();
    List<Images> seen = new ArrayList<>();
    for (Part part : parts) {
      if (!seen.contains(part.images())) {
        seen.add(part.images());
        part.images().update(digest);
      }
    }
    return Digests.hex(digest.digest());
  }
}
