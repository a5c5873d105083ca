package io.kiln.spark.score;

import io.kiln.nn.config.Settings;
import io.kiln.nn.data.Captions;
import io.kiln.nn.layer.Network;
import io.kiln.nn.metric.Bleu;
import io.kiln.nn.model.ModelFolder;
import io.kiln.nn.zoo.Captioner;
import io.kiln.spark.report.Json;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Writes captions of a data set's images by Spark tasks, a run of images each.
 *
 * @param storage where model and data are
 * @param models folders with a caption network each, which write together
 * @param data section of the data with what was fitted, {@code path} in full
 * @param beam candidates of the search; 1: the likeliest word each time
 * @param penalty of the search
 * @param consensus whether the candidate is taken that agrees best with all
 */
public record CaptionWriter(
    HadoopStorage storage,
    List<String> models,
    LinkedHashMap<String, Object> data,
    int beam,
    double penalty,
    boolean consensus)
    implements Serializable {
  /**
   * One image and its caption.
   *
   * @param image its number
   * @param name its name
   * @param words the caption
   * @param references what people wrote
   */
  public record Written(int image, String name, List<String> words, List<List<String>> references) {
    /** The caption as one line. */
    public String text() {
      return String.join(" ", words);
    }
  }

  private record Part(List<Written> written) {}

  /** The data set. */
  public Captions captions() throws IOException {
    return Captions.read(Settings.of("data", data), storage, String.valueOf(data.get("path")));
  }

  /** Captions of these images, in their order. */
  public List<Written> write(JavaSparkContext spark, int[] images, int tasks) throws IOException {
    int parts = Math.max(1, Math.min(tasks, images.length));
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      numbers.add(i);
    }
    CaptionWriter writer = this;
    List<Written> all = new ArrayList<>();
    for (byte[] part :
        spark
            .parallelize(numbers, parts)
            .map(
                i -> {
                  int from = (int) ((long) images.length * i / parts);
                  int to = (int) ((long) images.length * (i + 1) / parts);
                  return Json.bytes(writer.part(Arrays.copyOfRange(images, from, to)));
                })
            .collect()) {
      all.addAll(Json.read("captions of a task", part, Part.class).written());
    }
    return all;
  }

  private Part part(int[] images) throws IOException {
    Captions captions = captions();
    List<Network> networks = new ArrayList<>();
    for (String model : models) {
      networks.add(ModelFolder.read(storage, model).network());
    }
    Captioner captioner = new Captioner(networks, captions, beam, penalty, consensus);
    List<List<String>> sentences = captioner.write(images);
    List<Written> written = new ArrayList<>();
    for (int i = 0; i < images.length; i++) {
      int image = images[i];
      written.add(
          new Written(image, captions.image(image), sentences.get(i), captions.references(image)));
    }
    return new Part(written);
  }

  /** BLEU-1 … BLEU-4 of all captions together; images without a reference are left out. */
  public static List<Double> bleu(List<Written> written) {
    Bleu bleu = new Bleu();
    for (Written one : written) {
      if (!one.references().isEmpty()) {
        bleu.add(one.words(), one.references());
      }
    }
    return List.of(bleu.value(1), bleu.value(2), bleu.value(3), bleu.value(4));
  }
}
