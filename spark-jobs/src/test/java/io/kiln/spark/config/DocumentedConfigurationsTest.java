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
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The configurations on the pages of docs/ can be used as they stand. */
class DocumentedConfigurationsTest {
  private static final Path DOCS = Path.of("..", "docs");
  private static final Pattern BLOCK = Pattern.compile("(?s)```yaml\n(.*?)```");
  private static final Pattern SAMPLE = Pattern.compile("# sample: ([0-9x]+), classes: ([0-9]+)");

  static Stream<Arguments> blocks() throws IOException {
    return Stream.of("networks.md", "optimizers.md")
        .flatMap(
            page -> {
              try {
                return BLOCK
                    .matcher(Files.readString(DOCS.resolve(page)))
                    .results()
                    .map(found -> Arguments.of(page, found.group(1)));
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
  }

  @ParameterizedTest
  @MethodSource("blocks")
  void everyExampleCanBeUsed(String page, String yaml) {
    RunConfig config = RunConfig.of(Yaml.sections(page, yaml));
    if (!config.optimizer().isEmpty()) {
      assertThat(ParameterUpdate.Rule.from(config.optimizerSettings()).rate()).isPositive();
    }
    Matcher sample = SAMPLE.matcher(yaml);
    if (sample.find()) {
      int[] sizes =
          Arrays.stream(sample.group(1).split("x", -1)).mapToInt(Integer::parseInt).toArray();
      SampleSpec spec =
          SampleSpec.classification(Shape.of(sizes), Integer.parseInt(sample.group(2)));
      Network network =
          Network.of(Models.from(config.modelSettings(), spec), spec, DType.FLOAT32, 1);
      Losses.check(Losses.of(config.lossSettings()), network);
      assertThat(network.output()).isEqualTo(Shape.of(spec.classes()));
    }
    assertThat(config.model().isEmpty() && config.optimizer().isEmpty()).isFalse();
    assertThat(config.model().isEmpty()).isNotEqualTo(SAMPLE.matcher(yaml).find());
  }
}
