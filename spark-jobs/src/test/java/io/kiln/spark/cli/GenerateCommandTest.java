package io.kiln.spark.cli;

import static io.kiln.spark.cli.Typed.kiln;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network of characters is trained here, {@code kiln generate} writes with it. */
@Tag("spark")
class GenerateCommandTest {
  private static final String CONFIG =
      """
      name: alphabet
      data:      {format: text, path: abc.txt, window: 12, validation: 0.1, test: 0.1}
      model:     {type: char-rnn, hidden: 24, embedding: 8}
      loss:      {type: temporal-softmax}
      optimizer: {type: adam, learning-rate: 0.02}
      train:     {epochs: 12, batch-size: 8, seed: 1}
      cluster:   {workers: 1}
      """;

  @TempDir static Path folder = Path.of("");

  @BeforeAll
  static void trainOnAnAlphabet() throws IOException {
    Files.writeString(folder.resolve("abc.txt"), "abcdefghij".repeat(150));
    Path config = Files.writeString(folder.resolve("c.yaml"), CONFIG);
    Typed said =
        kiln(
            "train",
            config,
            "--data",
            folder,
            "--out",
            folder.resolve("run"),
            "--master",
            "local[1]");
    assertThat(said.err()).isEmpty();
  }

  private static Typed generate(Object... more) {
    Object[] words = new Object[more.length + 3];
    words[0] = "generate";
    words[1] = "--model";
    words[2] = folder.resolve("run");
    System.arraycopy(more, 0, words, 3, more.length);
    return kiln(words);
  }

  @Test
  void aColdTextIsTheLikeliest() {
    Typed said = generate("--start", "cde", "--length", 12, "--temperature", 0.1);
    assertThat(said.err()).isEmpty();
    assertThat(said.code()).isZero();
    assertThat(said.out().strip()).isEqualTo("cdefghijabcdefg");
  }

  @Test
  void theSameSeedGivesTheSameText() {
    String one = generate("--temperature", 3, "--seed", 4, "--length", 60).out();
    assertThat(generate("--temperature", 3, "--seed", 4, "--length", 60).out()).isEqualTo(one);
    assertThat(generate("--temperature", 3, "--seed", 5, "--length", 60).out()).isNotEqualTo(one);
    assertThat(one.strip()).hasSize(60);
  }

  @Test
  void mistakesAreOneLine() {
    assertThat(generate("--temperature", 0).err())
        .contains("--temperature: 0.0 came but it must be above 0");
    assertThat(generate("--length", -1).code()).isEqualTo(2);
    assertThat(generate("--start", "abz").err())
        .contains("'z' is not in the vocabulary of the model");
    assertThat(kiln("generate", "--model", folder.resolve("no")).code()).isEqualTo(3);
  }
}
