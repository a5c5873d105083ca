package io.kiln.spark.train;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.data.Captions;
import io.kiln.nn.io.Locations;
import io.kiln.nn.io.Storage;
import io.kiln.nn.model.ModelFolder;
import io.kiln.spark.config.CaptionRequest;
import io.kiln.spark.job.Job;
import io.kiln.spark.place.Places;
import io.kiln.spark.report.CaptionPage;
import io.kiln.spark.score.CaptionWriter;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/** {@code kiln caption}: captions of a part of a data set, by tasks. */
public final class CaptionJob implements Job<CaptionRequest> {
  private static final int MOST_SHOWN = 120;
  private static final int MOST_BYTES = 4 << 20;

  @Override
  public void run(CaptionRequest request, PrintStream out) throws Exception {
    try (SparkRuntime runtime = new SparkRuntime("caption", request.place().master())) {
      HadoopStorage storage = runtime.storage();
      Places places = runtime.places();
      String csv = free(storage, places, request.place().out());
      String html = free(storage, places, request.html());
      LinkedHashMap<String, Object> data = new LinkedHashMap<>(data(storage, request.models()));
      String given = request.data();
      data.put(
          "path",
          given != null
              ? places.resolved("--data", given)
              : Locations.join(
                  places.dataRoot(request.place().dataRoot()),
                  String.valueOf(data.getOrDefault("path", "flickr8k"))));
      if (!"flickr8k".equals(data.get("format"))) {
        throw new ConfigException(
            "--model: it was trained on "
                + data.get("format")
                + " but a network of captions (data.format: flickr8k) is needed");
      }
      CaptionWriter writer =
          new CaptionWriter(
              storage,
              request.models().stream().map(HadoopStorage::qualified).toList(),
              data,
              request.beam(),
              request.penalty(),
              request.consensus());
      Captions captions = writer.captions();
      int[] images = captions.images(request.split());
      if (images.length == 0) {
        throw new ConfigException(
            "--split: there is no image of the part " + request.split() + "; name another");
      }
      List<CaptionWriter.Written> written;
      try (JavaSparkContext spark = runtime.start()) {
        written = writer.write(spark, images, spark.defaultParallelism());
      }
      List<Double> bleu = CaptionWriter.bleu(written);
      out.println("images  " + written.size());
      for (int k = 0; k < bleu.size(); k++) {
        out.printf(Locale.ROOT, "BLEU-%d  %.4f%n", k + 1, bleu.get(k));
      }
      if (csv != null) {
        StyleJob.write(storage, csv, csv(written).getBytes(StandardCharsets.UTF_8));
        out.println("captions: " + csv);
      }
      if (html != null) {
        List<CaptionWriter.Written> shown =
            written.subList(0, Math.min(MOST_SHOWN, written.size()));
        String zip = request.images();
        Map<String, byte[]> pictures =
            pictures(
                storage,
                zip != null ? places.resolved("--images", zip) : zip(storage, data),
                shown);
        String page =
            CaptionPage.html(
                request.models().stream().map(Locations::name).collect(Collectors.joining(", ")),
                request.split(),
                search(request),
                bleu,
                shown.stream().map(CaptionJob::shown).toList(),
                pictures);
        StyleJob.write(storage, html, page.getBytes(StandardCharsets.UTF_8));
        out.println("page: " + html);
      }
    }
  }

  /** The section of the data that all networks were trained on. */
  private static Map<String, Object> data(HadoopStorage storage, List<String> models)
      throws IOException {
    Map<String, Object> first = ModelFolder.read(storage, models.get(0)).data();
    for (String model : models.subList(1, models.size())) {
      Map<String, Object> other = ModelFolder.read(storage, model).data();
      for (String key : List.of("format", "length", "vocabulary", "mean", "deviation")) {
        if (!Objects.equals(first.get(key), other.get(key))) {
          throw new ConfigException(
              "--model: data."
                  + key
                  + " of "
                  + model
                  + " is not that of "
                  + models.get(0)
                  + "; networks that write together must have been trained on the same data");
        }
      }
    }
    return first;
  }

  private static @Nullable String free(HadoopStorage storage, Places places, @Nullable String asked)
      throws IOException {
    if (asked == null) {
      return null;
    }
    String place = places.out(asked);
    StyleJob.free(storage, String.valueOf(place));
    return place;
  }

  private static String search(CaptionRequest request) {
    if (request.beam() == 1) {
      return "likeliest words";
    }
    return (request.consensus() ? "consensus of " : "best of ") + request.beam() + " beams";
  }

  private static CaptionPage.Shown shown(CaptionWriter.Written one) {
    return new CaptionPage.Shown(
        one.name(),
        one.text(),
        one.references().stream().map(words -> String.join(" ", words)).toList());
  }

  private static String csv(List<CaptionWriter.Written> written) {
    StringBuilder csv = new StringBuilder("Image,Caption\n");
    for (CaptionWriter.Written one : written) {
      csv.append(cell(one.name())).append(',').append(cell(one.text())).append('\n');
    }
    return csv.toString();
  }

  /** A cell by RFC 4180. */
  private static String cell(String text) {
    return text.matches("[^\",\\r\\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  /** The zip file beside the features; empty if there is none. */
  private static String zip(Storage storage, Map<String, Object> data) throws IOException {
    String folder = String.valueOf(data.get("path"));
    for (Storage.Entry entry : storage.list(folder)) {
      if (entry.name().endsWith(".zip")) {
        return Locations.join(folder, entry.name());
      }
    }
    return "";
  }

  /** The JPEGs of these images by name, as far as they are there. */
  private static Map<String, byte[]> pictures(
      Storage storage, String place, List<CaptionWriter.Written> shown) throws IOException {
    Set<String> wanted = new HashSet<>();
    shown.forEach(one -> wanted.add(one.name()));
    Map<String, byte[]> pictures = new HashMap<>();
    if (place.isEmpty()) {
      return pictures;
    }
    if (!place.endsWith(".zip")) {
      for (String name : wanted) {
        byte[] picture = picture(storage, Locations.join(place, name));
        if (picture != null) {
          pictures.put(name, picture);
        }
      }
      return pictures;
    }
    try (ZipInputStream zip = new ZipInputStream(storage.open(place))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        String name = Locations.name(entry.getName());
        if (wanted.contains(name)) {
          pictures.put(name, zip.readNBytes(MOST_BYTES));
        }
      }
    }
    return pictures;
  }

  /** A file's bytes; null if it is not there, and the caption is shown without it. */
  private static byte @Nullable [] picture(Storage storage, String path) throws IOException {
    try (InputStream in = storage.open(path)) {
      return in.readNBytes(MOST_BYTES);
    } catch (NoSuchFileException e) {
      return null;
    }
  }
}
