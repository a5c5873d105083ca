package io.kiln.spark.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.config.Yaml;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.Losses;
import io.kiln.nn.optim.ParameterUpdate;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.zoo.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The configurations under conf/ mean something, and the page of recipes knows each of them. */
class RecipesTest {
  private static final Path CONF = Path.of("..", "conf");
  private static final Path PAGE = Path.of("..", "docs", "recipes.md");

  /** One sample of each format; what a table or a text is like is for its file to say. */
  private static final Map<String, SampleSpec> SAMPLES =
      Map.of(
          "mnist", SampleSpec.classification(Shape.of(1, 28, 28), 10),
          "synthetic", SampleSpec.classification(Shape.of(1, 28, 28), 10),
          "cifar10", SampleSpec.classification(Shape.of(3, 32, 32), 10),
          "images", SampleSpec.classification(Shape.of(3, 224, 224), 2),
          "csv", new SampleSpec(List.of(Shape.of(8)), Shape.of(1), 0, List.of()),
          "npy", SampleSpec.classification(Shape.of(4), 3),
          "text", new SampleSpec(List.of(Shape.of(6)), Shape.of(6), 9, List.of()),
          "flickr8k", new SampleSpec(List.of(Shape.of(5), Shape.of(4)), Shape.of(4), 9, List.of()));

  static Stream<Path> recipes() throws IOException {
    try (Stream<Path> files = Files.list(CONF)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream();
    }
  }

  private static String name(Path recipe) {
    return String.valueOf(recipe.getFileName()).replace(".yaml", "");
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void everyRecipeCanBeUsed(Path recipe) throws IOException {
    String text = Files.readString(recipe);
    RunConfig config = RunConfig.of(Yaml.sections(recipe.toString(), text));
    assertThat(config.name()).isEqualTo(name(recipe));
    assertThat(text).startsWith("# ").contains("scripts/kiln ");
    assertThat(ParameterUpdate.Rule.from(config.optimizerSettings()).rate()).isPositive();
    SampleSpec spec =
        Objects.requireNonNull(
            SAMPLES.get(String.valueOf(config.data().get("format"))), "a sample of the format");
    if ("classification".equals(config.data().get("task"))) {
      spec = SampleSpec.classification(Shape.of(8), 3);
    }
    Network network = Network.of(Models.from(config.modelSettings(), spec), spec, DType.FLOAT32, 1);
    Losses.check(Losses.of(config.lossSettings()), network);
  }

  @Test
  void thePageListsEveryRecipe() throws IOException {
    String page = Files.readString(PAGE);
    assertThat(recipes().map(recipe -> "`" + name(recipe) + "`")).allMatch(page::contains);
  }
}
