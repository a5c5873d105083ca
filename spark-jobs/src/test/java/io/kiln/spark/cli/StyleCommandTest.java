package io.kiln.spark.cli;

import static io.kiln.spark.cli.Typed.kiln;
import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.autograd.Params;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.Picture;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.io.LocalStorage;
import io.kiln.nn.io.NamedTensors;
import io.kiln.nn.io.Safetensors;
import io.kiln.nn.layer.Network;
import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import io.kiln.nn.zoo.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kiln style} with pictures and weights made here, on Spark in this JVM. */
@Tag("spark")
class StyleCommandTest {
  @TempDir static Path folder = Path.of("");

  @BeforeAll
  static void makePicturesAndWeights() throws IOException {
    Files.createDirectories(folder.resolve("photos"));
    picture("photos/one.png", 1);
    picture("photos/two.png", 2);
    picture("manner.png", 3);
    Files.writeString(folder.resolve("photos/notes.txt"), "no picture");
    Network network =
        Network.of(
            Models.from(
                Settings.of("model", Map.of("type", "squeezenet1-1")),
                SampleSpec.classification(Shape.of(3, 224, 224), 1000)),
            SampleSpec.classification(Shape.of(3, 224, 224), 1000),
            DType.FLOAT32,
            3);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Params.Entry entry : network.params().entries()) {
      tensors.put(entry.name(), network.params().value(entry.name()));
    }
    Safetensors.write(
        new LocalStorage(),
        folder.resolve("net.safetensors").toString(),
        new NamedTensors(tensors, Map.of()));
  }

  private static void picture(String name, long seed) throws IOException {
    byte[] planes = new byte[3 * 40 * 50];
    for (int i = 0; i < planes.length; i++) {
      planes[i] = (byte) (256 * CounterRng.of(seed).uniform(i / 7));
    }
    Files.write(folder.resolve(name), new Picture(40, 50, planes).encoded("png"));
  }

  private static Typed style(String content, String out, Object... more) {
    List<Object> words =
        new ArrayList<>(
            List.of("style", "--content", folder.resolve(content), "--out", folder.resolve(out)));
    words.addAll(List.of("--size", 40, "--steps", 4, "--scales", 1, "--master", "local[2]"));
    words.addAll(List.of("--style", folder.resolve("manner.png")));
    words.addAll(List.of("--weights", folder.resolve("net.safetensors")));
    words.addAll(Arrays.asList(more));
    return kiln(words.toArray());
  }

  @Test
  void onePictureIsPaintedWithAPageBesideIt() throws IOException {
    Typed said = style("photos/one.png", "one-painted.png");
    assertThat(said.err()).isEmpty();
    assertThat(said.code()).isZero();
    assertThat(said.out()).contains("one-painted.png", "page: ");
    Picture painted =
        Picture.read(new LocalStorage(), folder.resolve("one-painted.png").toString());
    assertThat(painted.width()).isEqualTo(40);
    assertThat(painted.height()).isEqualTo(32);
    assertThat(painted.planes())
        .isNotEqualTo(
            Picture.read(new LocalStorage(), folder.resolve("photos/one.png").toString())
                .within(40)
                .planes());
    assertThat(Files.readString(folder.resolve("one-painted.html")))
        .contains("one-painted.png", "data:image/jpeg;base64,", "4 steps");

    Typed again = style("photos/one.png", "one-painted.png");
    assertThat(again.code()).isEqualTo(2);
    assertThat(again.err()).contains("it exists and is not overwritten");
  }

  @Test
  void aFolderIsPaintedPictureByPicture() throws IOException {
    Typed said = style("photos", "all", "--optimizer", "adam", "--original-colours");
    assertThat(said.err()).isEmpty();
    assertThat(said.code()).isZero();
    try (var files = Files.list(folder.resolve("all"))) {
      assertThat(files.map(file -> String.valueOf(file.getFileName())).sorted())
          .containsExactly("one.png", "style.html", "two.png");
    }
    assertThat(Files.readString(folder.resolve("all/style.html"))).contains("one.png", "two.png");
  }

  @Test
  void mistakesAreOneLine() throws IOException {
    assertThat(style("photos/three.png", "x.png").code()).isEqualTo(3);
    assertThat(style("photos/three.png", "x.png").err()).contains("three.png").doesNotContain("\n");
    assertThat(style("photos/one.png", "x.gif").err())
        .contains("x.gif came but a .png or .jpg file is needed");
    assertThat(style("photos/one.png", "x.png", "--size", 3).code()).isEqualTo(2);
    assertThat(style("photos/one.png", "x.png", "--net", "vgg199").err())
        .contains("there is no network 'vgg199'; did you mean vgg19?");
    assertThat(style("photos/one.png", "x.png", "--style-layers", "1,99").err())
        .contains("came but some of 0 to 12 are needed");
    assertThat(style("photos/one.png", "x.png", "--style-layers", "one").code()).isEqualTo(2);
    assertThat(style("photos/notes.txt", "x.png").code()).isEqualTo(3);
    Files.createDirectories(folder.resolve("empty"));
    assertThat(style("empty", "x").err()).contains("no picture is in it");
    assertThat(folder.resolve("x.png")).doesNotExist();
    assertThat(folder.resolve("x")).doesNotExist();
  }
}
