package io.kiln.spark.cli;

import static io.kiln.spark.cli.Typed.kiln;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kiln.nn.data.Picture;
import io.kiln.nn.io.LocalStorage;
import io.kiln.nn.io.NamedTensors;
import io.kiln.nn.io.Safetensors;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training on captions and {@code kiln caption}, with a data set made here. */
@Tag("spark")
class CaptionCommandTest {
  private static final List<String> THINGS = List.of("dog", "cat", "bird", "boat");
  private static final List<String> WHERE = List.of("sleeps on the grass", "swims in water");
  private static final String CONFIG =
      """
      name: tiny-captions
      data:      {format: flickr8k, path: flickr8k, length: 8, min-count: 1}
      model:     {type: caption-rnn, cell: lstm, hidden: 24, embedding: 12, dropout: 0.1}
      loss:      {type: temporal-softmax}
      optimizer: {type: adam, learning-rate: 0.02}
      train:     {epochs: 30, batch-size: 16, seed: 1}
      cluster:   {workers: 2}
      """;

  @TempDir static Path folder = Path.of("");

  /** Two of the features say which thing, one where it is. */
  @BeforeAll
  static void makeTheDataAndTrain() throws IOException {
    Path data = Files.createDirectories(folder.resolve("data/flickr8k"));
    StringBuilder images = new StringBuilder();
    StringBuilder captions = new StringBuilder();
    int count = 48;
    Tensor features = Tensor.zeros(Shape.of(count, 5), DType.FLOAT32);
    for (int i = 0; i < count; i++) {
      String part = i % 6 == 4 ? "dev" : i % 6 == 5 ? "test" : "train";
      int thing = i / 2 % 4;
      int where = i / 8 % 2;
      images.append(String.format(Locale.ROOT, "%d\tp%d.jpg\t%s%n", i, i, part));
      captions.append(
          String.format(
              Locale.ROOT, "p%d.jpg\t0\ta %s %s%n", i, THINGS.get(thing), WHERE.get(where)));
      captions.append(
          String.format(
              Locale.ROOT, "p%d.jpg\t1\tone %s %s%n", i, THINGS.get(thing), WHERE.get(where)));
      features.set(5 * i + thing, 1);
      features.set(5 * i + 4, where);
    }
    Files.writeString(data.resolve("flickr8k_images.tsv"), images);
    Files.writeString(data.resolve("flickr8k_captions.tsv"), captions);
    Safetensors.write(
        new LocalStorage(),
        data.resolve("features.safetensors").toString(),
        new NamedTensors(Map.of("features", features), Map.of()));
    try (ZipOutputStream zip =
        new ZipOutputStream(Files.newOutputStream(data.resolve("pictures.zip")))) {
      zip.putNextEntry(new ZipEntry("pictures/p5.jpg"));
      zip.write(new Picture(2, 2, new byte[12]).encoded("jpg"));
    }
    Path config = Files.writeString(folder.resolve("c.yaml"), CONFIG);
    Typed said =
        kiln(
            "train",
            config,
            "--data",
            folder.resolve("data"),
            "--out",
            folder.resolve("run"),
            "--master",
            "local[2]");
    assertThat(said.err()).isEmpty();
    assertThat(said.out()).contains("BLEU-1 … 4 ");
  }

  private static Typed caption(Object... more) {
    Object[] words = new Object[more.length + 7];
    Object[] first = {
      "caption",
      "--model",
      folder.resolve("run"),
      "--data",
      folder.resolve("data/flickr8k"),
      "--master",
      "local[2]"
    };
    System.arraycopy(first, 0, words, 0, first.length);
    System.arraycopy(more, 0, words, first.length, more.length);
    return kiln(words);
  }

  @Test
  void theReportHasTheBleuThatTheCommandPrints() throws IOException {
    JsonNode bleu =
        new ObjectMapper()
            .readTree(Files.readAllBytes(folder.resolve("run/report.json")))
            .path("test")
            .path("bleu");
    assertThat(bleu).hasSize(4);
    assertThat(bleu.path(0).asDouble()).isBetween(0.8, 1.0);
    Typed said = caption();
    assertThat(said.err()).isEmpty();
    assertThat(said.code()).isZero();
    for (int k = 0; k < 4; k++) {
      assertThat(said.out())
          .contains(String.format(Locale.ROOT, "BLEU-%d  %.4f", k + 1, bleu.path(k).asDouble()));
    }
    assertThat(kiln("report", folder.resolve("run")).out()).contains("BLEU-1 … 4 ");
    assertThat(Files.readString(folder.resolve("run/report.html"))).contains("BLEU-1 … 4");
  }

  @Test
  void captionsStandInACsvAndUnderTheirPictures() throws IOException {
    Path csv = folder.resolve("captions.csv");
    Path page = folder.resolve("captions.html");
    Typed said = caption("--beam", 3, "--out", csv, "--html", page);
    assertThat(said.err()).isEmpty();
    assertThat(said.out()).contains("images  8", "BLEU-4  ");
    List<String> lines = Files.readAllLines(csv);
    assertThat(lines).hasSize(9).startsWith("Image,Caption");
    assertThat(lines.get(1)).matches("p5.jpg,(a|one) bird sleeps on the grass");
    assertThat(Files.readString(page))
        .contains("data:image/jpeg;base64,", "best of 3 beams", " bird sleeps on the grass");
    assertThat(caption("--out", csv).code()).isEqualTo(2);
    Path agreed = folder.resolve("agreed.html");
    assertThat(caption("--beam", 3, "--consensus", "--html", agreed).err()).isEmpty();
    assertThat(Files.readString(agreed)).contains("consensus of 3 beams");
  }

  @Test
  void severalNetworksWriteTogether() throws IOException {
    Path config = Files.writeString(folder.resolve("c2.yaml"), CONFIG.replace("0.1}", "0.3}"));
    Path other = folder.resolve("other");
    Path cut = folder.resolve("cut");
    for (Path out : List.of(other, cut)) {
      String length = "data.length=" + (out.equals(cut) ? 7 : 8);
      List<Object> words = new ArrayList<>(List.of("train", config, "--master", "local[2]"));
      words.addAll(List.of("--data", folder.resolve("data"), "--out", out));
      words.addAll(List.of("--set", length, "--set", "model.feature-dropout=0.1"));
      words.addAll(List.of("--set", "train.epochs=10"));
      assertThat(kiln(words.toArray()).err()).isEmpty();
    }
    Path page = folder.resolve("both.html");
    Typed said = caption("--model", other, "--html", page);
    assertThat(said.err()).isEmpty();
    assertThat(said.out()).contains("images  8", "BLEU-4  ");
    assertThat(Files.readString(page)).contains("run, other");
    Typed refused = caption("--model", cut);
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err())
        .startsWith("kiln: --model: data.length of ")
        .endsWith("networks that write together must have been trained on the same data");
  }

  @Test
  void mistakesAreOneLine() throws IOException {
    assertThat(caption("--split", "half").code()).isEqualTo(2);
    assertThat(caption("--beam", 0).err()).contains("--beam: 0 came but it must be 1 to 1000");
    assertThat(caption("--consensus").err())
        .isEqualTo("kiln: --consensus: it needs several candidates; give --beam 2 or more");
    Typed missing = kiln("caption", "--model", folder.resolve("no"), "--master", "local[1]");
    assertThat(missing.code()).isEqualTo(3);
    assertThat(missing.err()).doesNotContain("\n");
    Typed nothing =
        kiln("caption", "--model", folder.resolve("run"), "--data", folder.resolve("nothing"));
    assertThat(nothing.code()).isEqualTo(3);
  }
}
