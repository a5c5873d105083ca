package io.kiln.nn.data;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.io.Locations;
import io.kiln.nn.io.Storage;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The format of image folders: either {@code train/}, {@code val/} (or {@code validation/}) and
 * {@code test/} with one folder a class in each, or the folders of the classes themselves.
 *
 * <p>{@code validation} and {@code test} are the name of such a part, or a count or fraction of the
 * training images chosen at random by {@code seed}. {@code resize} is the length of the short side,
 * {@code crop} the side of the centre that is cut out.
 */
final class FolderSource {
  private FolderSource() {}

  static ImageSet load(Settings data, Storage storage, String root) throws IOException {
    String path = Locations.join(root, data.text("path"));
    ImageFolders folders = folders(data, storage, false);
    ImagePlan plan = ImagePlan.of(data);
    List<String> names;
    try {
      names = folders.folders(path);
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(
          "data: " + path + " is not there; set KILN_DATA or --data, or correct data.path");
    }
    boolean parted = names.contains("train");
    String train = parted ? Locations.join(path, "train") : path;
    String test = parted ? part(data, "test", names, "test") : null;
    String validation = parted ? part(data, "validation", names, "val", "validation") : null;
    if (test != null && test.equals(validation)) {
      validation = null;
    }
    List<String> given = data.texts("class-names", List.of());
    List<String> classNames = given.isEmpty() ? folders.classes(train) : given;
    ImageSource trainImages = folders.labelled(train, classNames);
    Optional<ImageSource> testImages = images(folders, path, test, classNames);
    Optional<ImageSource> validationImages = images(folders, path, validation, classNames);
    RandomSplit split =
        RandomSplit.of(data, trainImages.size(), testImages.isEmpty(), validationImages.isEmpty());
    return ImageSet.of(
        plan,
        new ImagePlan.Part(trainImages, split.train()),
        validationImages
            .map(ImagePlan.Part::all)
            .orElse(new ImagePlan.Part(trainImages, split.validation())),
        testImages.map(ImagePlan.Part::all).orElse(new ImagePlan.Part(trainImages, split.test())),
        Map.of("class-names", classNames),
        folders.notes());
  }

  /**
   * A folder of folders of the classes is labelled; a folder of images, or one file, is not. Of a
   * whole set with {@code train/} it is the test part, or if there is none the validation part.
   */
  static Samples samples(Settings data, Storage storage, String place) throws IOException {
    ImageFolders folders = folders(data, storage, true);
    String location = testPart(data, storage, folders, place);
    ImagePlan plan = ImagePlan.of(data);
    List<String> classNames = data.texts("class-names", List.of());
    if (!DataFiles.isFile(storage, location) && !folders.folders(location).isEmpty()) {
      List<String> ids = new ArrayList<>();
      for (String name : folders.folders(location)) {
        for (String image : folders.images(Locations.join(location, name))) {
          ids.add(name + "/" + Locations.name(image));
        }
      }
      List<String> names = classNames.isEmpty() ? folders.folders(location) : classNames;
      return plan.samples(folders.labelled(location, names).images(), true, ids);
    }
    List<String> images =
        DataFiles.isFile(storage, location) ? List.of(location) : folders.images(location);
    if (images.isEmpty()) {
      throw new NoSuchFileException("data: " + location + " has no JPEG, PNG or BMP files");
    }
    return plan.samples(
        folders.source(images, new int[images.size()], classNames).images(),
        false,
        images.stream().map(Locations::name).toList());
  }

  private static String testPart(Settings data, Storage storage, ImageFolders folders, String place)
      throws IOException {
    List<String> names = DataFiles.isFile(storage, place) ? List.of() : folders.folders(place);
    if (!names.contains("train")) {
      return place;
    }
    String test = part(data, "test", names, "test");
    String part = test != null ? test : part(data, "validation", names, "val", "validation");
    return part == null ? place : Locations.join(place, part);
  }

  private static ImageFolders folders(Settings data, Storage storage, boolean natural) {
    return new ImageFolders(storage, ImageFiles.of(data), natural);
  }

  private static Optional<ImageSource> images(
      ImageFolders folders, String path, @Nullable String part, List<String> classNames)
      throws IOException {
    return part == null
        ? Optional.empty()
        : Optional.of(folders.labelled(Locations.join(path, part), classNames));
  }

  /** The folder of a part: as named by the setting, or else the first usual name there is. */
  private static @Nullable String part(
      Settings data, String key, List<String> present, String... usual) {
    Object value = data.raw(key);
    if (value instanceof String text && Double.isNaN(Table.number(text))) {
      if (present.contains(text)) {
        return text;
      }
      throw new ConfigException(
          data.path(key)
              + ": there is no folder '"
              + text
              + "'; there are "
              + String.join(", ", present));
    }
    if (value != null) {
      return null;
    }
    for (String name : usual) {
      if (present.contains(name)) {
        return name;
      }
    }
    return null;
  }
}
