package io.kiln.nn.data;

import io.kiln.nn.io.FormatException;
import io.kiln.nn.io.Locations;
import io.kiln.nn.io.Storage;
import io.kiln.nn.tensor.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Images in folders, one folder a class, the classes in the order of their names. */
final class ImageFolders {
  private final Storage storage;
  private final ImageFiles files;
  private final List<String> notes = new ArrayList<>();

  ImageFolders(Storage storage, ImageFiles files) {
    this.storage = storage;
    this.files = files;
  }

  /** What was passed over. */
  List<String> notes() {
    return notes;
  }

  /** Names of the folders in a folder, sorted; hidden ones are left out. */
  List<String> folders(String path) throws IOException {
    List<String> names = new ArrayList<>();
    for (Storage.Entry entry : storage.list(path)) {
      if (entry.folder() && !entry.name().startsWith(".")) {
        names.add(entry.name());
      }
    }
    return names;
  }

  /** Paths of the images in a folder; other files are noted. */
  List<String> images(String folder) throws IOException {
    List<String> images = new ArrayList<>();
    for (Storage.Entry entry : storage.list(folder)) {
      String path = Locations.join(folder, entry.name());
      if (ImageFiles.named(entry.name()) && !entry.folder()) {
        images.add(path);
      } else if (!entry.name().startsWith(".")) {
        notes.add(path + " was passed over: it is not a JPEG, PNG or BMP file");
      }
    }
    return images;
  }

  /**
   * All images of a folder of classes.
   *
   * @param classNames the classes; a folder of another name is an error
   */
  Images labelled(String root, List<String> classNames) throws IOException {
    List<String> paths = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (String name : folders(root)) {
      int label = classNames.indexOf(name);
      if (label < 0) {
        throw new FormatException(
            Locations.join(root, name),
            -1,
            "the folder is not one of the classes " + String.join(", ", classNames));
      }
      for (String path : images(Locations.join(root, name))) {
        paths.add(path);
        labels.add(label);
      }
    }
    if (paths.isEmpty()) {
      throw new FormatException(
          root, -1, "there are no images; put them into one folder a class below it");
    }
    return read(paths, labels.stream().mapToInt(i -> i).toArray(), classNames);
  }

  /** Reads these files, several at once. */
  Images read(List<String> paths, int[] labels, List<String> classNames) throws IOException {
    Shape shape = Shape.of(3, files.crop(), files.crop());
    long bytes = (long) shape.count() * paths.size();
    if (bytes > Integer.MAX_VALUE - 8) {
      throw new FormatException(
          Locations.join(paths.get(0), ".."),
          -1,
          paths.size()
              + " images of "
              + shape
              + " are more than can be held; set data.crop lower or use fewer");
    }
    byte[] pixels = new byte[(int) bytes];
    try {
      IntStream.range(0, paths.size())
          .parallel()
          .forEach(
              i -> {
                try {
                  files.read(storage, paths.get(i), pixels, i * shape.count());
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    } catch (UncheckedIOException e) {
      if (e.getCause() != null) {
        throw e.getCause();
      }
      throw e;
    }
    return new Images(shape, pixels, labels, Math.max(1, classNames.size()), classNames);
  }
}
