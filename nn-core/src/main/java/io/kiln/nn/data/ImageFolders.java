package io.kiln.nn.data;

import io.kiln.nn.io.FormatException;
import io.kiln.nn.io.Locations;
import io.kiln.nn.io.Storage;
import io.kiln.nn.tensor.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Images in folders, one folder a class, the classes in the order of their names. */
final class ImageFolders {
  /** Folders that archives, file systems and tools leave beside those of people. */
  private static final Set<String> LEFT_BEHIND =
      Set.of(
          "__MACOSX",
          "__pycache__",
          "@eaDir",
          "#recycle",
          "$RECYCLE.BIN",
          "System Volume Information",
          "lost+found");

  /** More files that are passed over are counted, not named. */
  private static final int MOST_NOTES = 20;

  private final Storage storage;
  private final ImageFiles files;
  private final boolean natural;
  private final Set<String> passedOver = new LinkedHashSet<>();

  /** Folders whose images come as people count them if natural, otherwise in order of names. */
  ImageFolders(Storage storage, ImageFiles files, boolean natural) {
    this.storage = storage;
    this.files = files;
    this.natural = natural;
  }

  /** What was passed over. */
  List<String> notes() {
    List<String> all = new ArrayList<>(passedOver.stream().limit(MOST_NOTES).toList());
    if (passedOver.size() > MOST_NOTES) {
      all.add((passedOver.size() - MOST_NOTES) + " more were passed over");
    }
    return all;
  }

  /** Names of the folders in a folder, sorted; hidden ones and what was left behind are not. */
  List<String> folders(String path) throws IOException {
    List<String> names = new ArrayList<>();
    for (Storage.Entry entry : storage.list(path)) {
      if (entry.folder() && LEFT_BEHIND.contains(entry.name())) {
        passedOver.add(
            Locations.join(path, entry.name()) + " was passed over: it is no folder of images");
      } else if (entry.folder() && !entry.name().startsWith(".")) {
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
        passedOver.add(
            path
                + " was passed over: "
                + (entry.folder()
                    ? "it is a folder within that of a class"
                    : "it is not a JPEG, PNG or BMP file"));
      }
    }
    if (natural) {
      images.sort(new NaturalOrder());
    }
    return images;
  }

  /** The classes that the folders of a training part stand for: each must have images. */
  List<String> classes(String root) throws IOException {
    List<String> names = folders(root);
    for (String name : names) {
      String folder = Locations.join(root, name);
      if (images(folder).isEmpty()) {
        throw new FormatException(
            folder,
            -1,
            "the folder has no JPEG, PNG or BMP files but would be a class; put some into it,"
                + " remove it, or name the classes in data.class-names");
      }
    }
    return names;
  }

  /**
   * All images of a folder of classes.
   *
   * @param classNames the classes; a folder of another name is an error
   */
  ImageSource labelled(String root, List<String> classNames) throws IOException {
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
    return source(paths, labels.stream().mapToInt(i -> i).toArray(), classNames);
  }

  /** These files, to be read several at once. */
  ImageSource source(List<String> paths, int[] labels, List<String> classNames) {
    return new Files(
        storage,
        files,
        paths,
        labels,
        new ImageSource.Classes(Math.max(1, classNames.size()), List.copyOf(classNames)));
  }

  /** Files of images that are decoded when they are asked for. */
  private record Files(
      Storage storage, ImageFiles files, List<String> paths, int[] labels, Classes classes)
      implements ImageSource {
    @Override
    public Shape shape() {
      return Shape.of(3, files.height(), files.width());
    }

    @Override
    public void read(BitSet wanted, Sink sink) throws IOException {
      try {
        wanted.stream().parallel().forEach(i -> read(i, sink));
      } catch (UncheckedIOException e) {
        throw Objects.requireNonNull(e.getCause());
      }
    }

    private void read(int index, Sink sink) {
      try {
        byte[] pixels = new byte[shape().count()];
        sink.seen(index, files.read(storage, paths.get(index), pixels, 0));
        sink.take(index, pixels, 0);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
