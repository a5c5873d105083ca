package io.kiln.spark.cli;

import static io.kiln.spark.cli.Typed.kiln;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Weights that PyTorch trained answer here as they do there. The files are not part of the project:
 * without them in {@code $KILN_DATA/weights} these tests are skipped.
 */
@Tag("spark")
class PublishedWeightsTest {
  @TempDir Path folder;

  private static Path data(String name) {
    String root = System.getenv("KILN_DATA");
    assumeTrue(
        root != null && !root.isBlank(),
        "skipped: KILN_DATA is not set; it would name a folder with " + name);
    Path file = Path.of(root).resolve(name);
    assumeTrue(Files.exists(file), "skipped: there is no " + name + " in KILN_DATA");
    return file;
  }

  @Test
  void resnet20ForCifar10IsRightInItsPublishedNumberOfCases() throws IOException {
    Typed said =
        kiln(
            "evaluate",
            "--model",
            data("weights/resnet20_cifar10.safetensors"),
            "--net",
            "resnet20",
            "--format",
            "cifar10",
            "--data",
            data("cifar-10-batches-bin"),
            "--set",
            "data.normalize=imagenet",
            "--master",
            "local[2]",
            "--workers",
            2,
            "--out",
            folder.resolve("evaluation.json"));
    assertThat(said.err()).isEmpty();
    assertThat(said.out()).contains("accuracy  0.9173  (9173 of 10000)");
    JsonNode evaluation =
        new ObjectMapper().readTree(Files.readAllBytes(folder.resolve("evaluation.json")));
    assertThat(evaluation.path("accuracy").asDouble()).isEqualTo(0.9173);
  }

  @Test
  void squeezenetNamesWhatIsInThePhoto() {
    Typed said =
        kiln(
            "predict",
            "--model",
            data("weights/squeezenet1_1_imagenet.safetensors"),
            "--net",
            "squeezenet1-1",
            "--format",
            "images",
            "--data",
            data("weights/cat.jpg"),
            "--set",
            "data.normalize=imagenet",
            "--names",
            data("weights/imagenet_synset_words.txt"),
            "--top",
            3,
            "--master",
            "local[1]");
    assertThat(said.err()).isEmpty();
    List<String> lines = said.out().lines().toList();
    assertThat(lines).hasSize(4);
    assertThat(lines.get(0)).isEqualTo("cat.jpg");
    assertAnswer(lines.get(1), 0.36, "kit fox, Vulpes macrotis");
    assertAnswer(lines.get(2), 0.27, "tiger cat");
    assertAnswer(lines.get(3), 0.10, "lynx, catamount");
  }

  private static void assertAnswer(String line, double probability, String name) {
    assertThat(Double.parseDouble(line.substring(2, 8))).isCloseTo(probability, within(0.005));
    assertThat(line.substring(10)).isEqualTo(name);
  }
}
