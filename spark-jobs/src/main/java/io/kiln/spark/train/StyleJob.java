package io.kiln.spark.train;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.Picture;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.io.Locations;
import io.kiln.nn.io.Storage;
import io.kiln.nn.layer.Network;
import io.kiln.nn.style.StyleSettings;
import io.kiln.nn.style.StyleTransfer;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.zoo.Models;
import io.kiln.spark.config.StyleRequest;
import io.kiln.spark.job.Job;
import io.kiln.spark.place.Places;
import io.kiln.spark.report.Json;
import io.kiln.spark.report.StylePage;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;

/** {@code kiln style}: every picture is painted by a task of its own, which writes it too. */
public final class StyleJob implements Job<StyleRequest> {
  private static final Map<String, String> WEIGHTS =
      Map.of("squeezenet1-1", "weights/squeezenet1_1_imagenet.safetensors");
  private static final int SHOWN = 512;

  @Override
  public void run(StyleRequest request, PrintStream out) throws Exception {
    try (SparkRuntime runtime = new SparkRuntime("style", request.place().master())) {
      HadoopStorage storage = runtime.storage();
      Places places = runtime.places();
      String wanted = places.resolved("--content", request.content());
      List<String> contents = contents(storage, wanted);
      boolean many = contents.size() != 1 || !contents.get(0).equals(wanted);
      String target = plain(String.valueOf(places.out(request.out())));
      if (!many) {
        format(target);
      }
      free(storage, target);
      Painting painting =
          new Painting(
              storage,
              places.resolved("--style", request.style()),
              request.net(),
              weights(request, places),
              Json.bytes(request.settings()));
      painting.check(); // mistakes cost seconds, and leave nothing behind
      List<String> targets = new ArrayList<>();
      for (String content : contents) {
        targets.add(many ? target + "/" + stem(Locations.name(content)) + ".png" : target);
      }
      List<StylePage.Painted> painted = painted(runtime, painting, contents, targets);
      for (StylePage.Painted one : painted) {
        out.printf(Locale.ROOT, "%s  %.1f s%n", one.file(), one.seconds());
      }
      String page = many ? target + "/style.html" : stem(target) + ".html";
      String html = StylePage.html(Locations.name(painting.style()), painting.shown(), painted);
      write(storage, page, html.getBytes(StandardCharsets.UTF_8));
      out.println("page: " + page);
    }
  }

  private static List<StylePage.Painted> painted(
      SparkRuntime runtime, Painting painting, List<String> contents, List<String> targets)
      throws IOException {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < contents.size(); i++) {
      numbers.add(i);
    }
    List<String> from = new ArrayList<>(contents);
    List<String> to = new ArrayList<>(targets);
    List<StylePage.Painted> painted = new ArrayList<>();
    try (JavaSparkContext spark = runtime.start()) {
      for (byte[] one :
          spark
              .parallelize(numbers, numbers.size())
              .map(i -> painting.paint(from.get(i), to.get(i)))
              .collect()) {
        painted.add(Json.read("painting", one, StylePage.Painted.class));
      }
    }
    return painted;
  }

  /**
   * What every task knows.
   *
   * @param style place of the style picture
   * @param net type of the network
   * @param weights place of its values
   * @param settings as JSON
   */
  private record Painting(
      HadoopStorage storage, String style, String net, String weights, byte[] settings)
      implements Serializable {
    private Network network() throws IOException {
      Map<String, Object> model = new LinkedHashMap<>();
      model.put("type", net);
      model.put("weights", Map.of("path", weights));
      return Models.network(
          Settings.of("model", model),
          Objects.requireNonNull(Models.madeFor().get(net)),
          DType.FLOAT32,
          0,
          storage,
          "");
    }

    private StyleTransfer transfer() throws IOException {
      return new StyleTransfer(network(), Json.read("settings", settings, StyleSettings.class));
    }

    void check() throws IOException {
      Picture.read(storage, style);
      transfer().check();
    }

    /** The style picture for a page. */
    byte[] shown() throws IOException {
      return Picture.read(storage, style).within(SHOWN / 2).encoded("jpg");
    }

    byte[] paint(String from, String to) throws IOException {
      long start = System.nanoTime();
      Picture content = Picture.read(storage, from);
      StyleTransfer.Painted painted = transfer().paint(content, Picture.read(storage, style));
      write(storage, to, painted.picture().encoded(format(to)));
      double seconds = (System.nanoTime() - start) / 1e9;
      return Json.bytes(
          new StylePage.Painted(
              to,
              seconds,
              content.within(SHOWN / 2).encoded("jpg"),
              painted.picture().within(SHOWN).encoded("jpg"),
              painted.curve()));
    }
  }

  private static String weights(StyleRequest request, Places places) {
    if (!Models.madeFor().containsKey(request.net())) {
      throw new ConfigException(
          "--net: there is no network '"
              + request.net()
              + "'; did you mean "
              + Settings.nearest(request.net(), Models.madeFor().keySet())
              + "?");
    }
    String given = request.weights();
    if (given != null) {
      return places.resolved("--weights", given);
    }
    String usual = WEIGHTS.get(request.net());
    if (usual == null) {
      throw new ConfigException(
          "--weights: they are missing; give the trained values of " + request.net());
    }
    return Locations.join(places.dataRoot(request.place().dataRoot()), usual);
  }

  /** The pictures of a folder, or the one. */
  private static List<String> contents(Storage storage, String place) throws IOException {
    List<Storage.Entry> entries = storage.list(place);
    if (entries.size() == 1
        && !entries.get(0).folder()
        && entries.get(0).name().equals(Locations.name(place))) {
      return List.of(place);
    }
    List<String> pictures =
        entries.stream()
            .filter(entry -> !entry.folder() && Picture.named(entry.name()))
            .map(entry -> plain(place) + "/" + entry.name())
            .toList();
    if (pictures.isEmpty()) {
      throw new FormatException(
          place, -1, "no picture is in it but some .jpg, .png or .bmp files are needed");
    }
    return pictures;
  }

  /** The format of a file's suffix. */
  private static String format(String file) {
    String lower = file.toLowerCase(Locale.ROOT);
    if (lower.endsWith(".png")) {
      return "png";
    }
    if (lower.endsWith(".jpg") || lower.endsWith(".jpeg")) {
      return "jpg";
    }
    throw new ConfigException("--out: " + file + " came but a .png or .jpg file is needed");
  }

  private static String plain(String place) {
    return place.endsWith("/") ? place.substring(0, place.length() - 1) : place;
  }

  private static String stem(String file) {
    int dot = file.lastIndexOf('.');
    return dot > file.lastIndexOf('/') ? file.substring(0, dot) : file;
  }

  /** Nothing is overwritten. */
  static void free(Storage storage, String place) throws IOException {
    try {
      if (storage.list(place).isEmpty()) {
        return;
      }
    } catch (NoSuchFileException e) {
      return;
    }
    throw new FileAlreadyExistsException(place);
  }

  /** A file has its name only when it is whole. */
  static void write(HadoopStorage storage, String file, byte[] bytes) throws IOException {
    String unfinished = file + "." + UUID.randomUUID() + ".tmp";
    try {
      try (OutputStream out = storage.create(unfinished)) {
        out.write(bytes);
      }
      storage.rename(unfinished, file);
    } finally {
      storage.delete(unfinished);
    }
  }
}
