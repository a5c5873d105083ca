package io.kiln.nn.data;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.io.Locations;
import io.kiln.nn.io.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/**
 * The formats of small images kept in memory as bytes. The validation part is the last N samples of
 * the training files, as is the custom for MNIST and CIFAR-10.
 */
final class ImageSources {
  private ImageSources() {}

  static ImageSet mnist(Settings data, Storage storage, String root) throws IOException {
    String path = data.text("path", "mnist");
    String folder = Locations.join(root, path);
    int classes = data.atLeast(1, "classes", 10);
    if (classes > 256) {
      throw new ConfigException(
          data.path("classes") + ": " + classes + " came but 256 is the most");
    }
    String set = Locations.name(path).equals("fashion-mnist") ? "fashion-mnist" : "mnist";
    ImagePlan plan = ImagePlan.of(data);
    ImageSource train = idx(storage, folder, set, "train", classes);
    ImageSource test = idx(storage, folder, set, "t10k", classes);
    if (!test.shape().equals(train.shape())) {
      throw new FormatException(
          folder,
          -1,
          "test images are "
              + test.shape()
              + " but training images are "
              + train.shape()
              + "; the files must belong together");
    }
    return split(data, plan, train, test);
  }

  static ImageSet cifar10(Settings data, Storage storage, String root) throws IOException {
    String path = data.text("path", "cifar-10-batches-bin");
    String folder = Locations.join(root, path);
    ImagePlan plan = ImagePlan.of(data);
    List<String> batches = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      batches.add(DataFiles.find(storage, folder, "cifar-10", "data_batch_" + i + ".bin"));
    }
    String last = DataFiles.find(storage, folder, "cifar-10", "test_batch.bin");
    return split(data, plan, Cifar.of(storage, batches), Cifar.of(storage, List.of(last)));
  }

  static ImageSet synthetic(Settings data, Storage storage, String root) {
    int train = data.atLeast(1, "train", 10_000);
    int test = data.atLeast(0, "test", 2_000);
    long seed = data.whole("seed", 1);
    double noise = data.within(0, 1, "noise", Synthetic.DEFAULT_NOISE);
    ImagePlan plan = ImagePlan.of(data);
    return split(
        data,
        plan,
        Synthetic.source(seed, 0, train, noise),
        Synthetic.source(seed, train, test, noise));
  }

  /** A folder stands for its test set; a file of images for itself, with the labels beside it. */
  static Samples mnistSamples(Settings data, Storage storage, String location) throws IOException {
    int classes = data.atLeast(1, "classes", 10);
    ImagePlan plan = ImagePlan.of(data);
    if (!DataFiles.isFile(storage, location)) {
      return plan.samples(
          idx(storage, location, "mnist", "t10k", classes).images(), true, List.of());
    }
    String labels =
        location.replaceFirst("images([-.])idx3", "labels$1idx1").replaceFirst("[.]gz$", "");
    for (String candidate : List.of(labels, labels + ".gz")) {
      if (!candidate.equals(location) && DataFiles.isFile(storage, candidate)) {
        return plan.samples(Idx.read(storage, location, candidate, classes), true, List.of());
      }
    }
    return plan.samples(Idx.readUnlabelled(storage, location, classes), false, List.of());
  }

  /** A folder stands for its test set; a file for itself. */
  static Samples cifar10Samples(Settings data, Storage storage, String location)
      throws IOException {
    String file =
        DataFiles.isFile(storage, location)
            ? location
            : DataFiles.find(storage, location, "cifar-10", "test_batch.bin");
    return ImagePlan.of(data).samples(Cifar.read(storage, List.of(file)), true, List.of());
  }

  /** The test part. */
  static Samples syntheticSamples(Settings data) {
    int train = data.atLeast(1, "train", 10_000);
    int test = data.atLeast(0, "test", 2_000);
    double noise = data.within(0, 1, "noise", Synthetic.DEFAULT_NOISE);
    return ImagePlan.of(data)
        .samples(Synthetic.digits(data.whole("seed", 1), train, test, noise), true, List.of());
  }

  private static ImageSource idx(
      Storage storage, String folder, String set, String part, int classes) throws IOException {
    String images =
        DataFiles.find(
            storage,
            folder,
            set,
            part + "-images-idx3-ubyte",
            part + "-images-idx3-ubyte.gz",
            part + "-images.idx3-ubyte",
            part + "-images.idx3-ubyte.gz");
    String labels =
        DataFiles.find(
            storage,
            folder,
            set,
            part + "-labels-idx1-ubyte",
            part + "-labels-idx1-ubyte.gz",
            part + "-labels.idx1-ubyte",
            part + "-labels.idx1-ubyte.gz");
    return IdxImages.of(storage, images, labels, new ImageSource.Classes(classes, List.of()));
  }

  /** Holds back the last samples of the training files for validation. */
  private static ImageSet split(
      Settings data, ImagePlan plan, ImageSource train, ImageSource test) {
    int validation = data.atLeast(0, "validation", 0);
    Fold fold = Fold.of(data);
    if (fold != null) {
      RandomSplit split = fold.split(data, train.size());
      return ImageSet.of(
          plan,
          new ImagePlan.Part(train, RandomSplit.limited(data, split.train())),
          new ImagePlan.Part(train, split.validation()),
          ImagePlan.Part.all(test),
          Map.of(),
          List.of());
    }
    int kept = train.size() - validation;
    if (kept < 1) {
      throw new ConfigException(
          data.path("validation")
              + ": "
              + validation
              + " came but the training files have "
              + train.size()
              + " samples; leave at least 1 to train on");
    }
    if (validation > 0 && standsByClass(train)) {
      throw new ConfigException(
          data.path("validation")
              + ": "
              + validation
              + " came, which are the last of the training files, but these stand class by class:"
              + " not all classes would be held back, and some not learnt; shuffle the files, or"
              + " leave validation out");
    }
    return ImageSet.of(
        plan,
        new ImagePlan.Part(
            train, RandomSplit.limited(data, ImagePlan.Part.range(train, 0, kept).samples())),
        ImagePlan.Part.range(train, kept, train.size()),
        ImagePlan.Part.all(test),
        Map.of(),
        List.of());
  }

  /** Whether all images of a class stand together, and that is no accident. */
  private static boolean standsByClass(ImageSource images) {
    int[] labels = images.labels();
    BitSet classes = new BitSet();
    int runs = 0;
    for (int i = 0; i < labels.length; i++) {
      runs += i == 0 || labels[i] != labels[i - 1] ? 1 : 0;
      classes.set(labels[i]);
    }
    int number = classes.cardinality();
    return number > 1 && runs == number && images.size() >= 4 * number;
  }
}
