package io.kiln.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FoldTest {
  private static Settings data(Map<String, Object> more) {
    Map<String, Object> section = new LinkedHashMap<>(more);
    section.put("seed", 4);
    return Settings.of("data", section);
  }

  private static RandomSplit fold(int number, int of, int n, Object test) {
    return RandomSplit.of(
        data(Map.of("fold", Map.of("number", number, "of", of), "test", test)), n, true, true);
  }

  @Test
  void everySampleIsHeldOutOnceAndNeverWhereItIsLearntFrom() {
    int[] held = new int[103];
    int[] test = fold(1, 4, 103, 20).test();
    for (int number = 1; number <= 4; number++) {
      RandomSplit split = fold(number, 4, 103, 20);
      assertThat(split.test()).isEqualTo(test).hasSize(20);
      assertThat(split.validation()).hasSizeBetween(20, 21).isSorted();
      int[] all =
          IntStream.of(0)
              .flatMap(
                  none ->
                      IntStream.concat(
                          Arrays.stream(split.train()),
                          IntStream.concat(
                              Arrays.stream(split.validation()), Arrays.stream(split.test()))))
              .sorted()
              .toArray();
      assertThat(all).isEqualTo(IntStream.range(0, 103).toArray());
      for (int sample : split.validation()) {
        held[sample]++;
      }
    }
    for (int sample : test) {
      held[sample]++;
    }
    assertThat(held).containsOnly(1);
  }

  /** The test part does not depend on whether there are folds. */
  @Test
  void theTestIsThatOfAPlainSplit() {
    RandomSplit plain =
        RandomSplit.of(data(Map.of("test", 0.2, "validation", 0.1)), 50, true, true);
    assertThat(fold(2, 5, 50, 0.2).test()).isEqualTo(plain.test());
  }

  @Test
  void mistakesAreOneLine() {
    assertThatThrownBy(() -> fold(6, 5, 50, 0))
        .isInstanceOf(ConfigException.class)
        .hasMessage("data.fold.number: 6 came but there are 5 folds");
    assertThatThrownBy(() -> fold(1, 60, 50, 0)).hasMessageContaining("60 folds came but");
    assertThatThrownBy(
            () ->
                RandomSplit.of(data(Map.of("fold", Map.of("number", 1, "of", 2))), 50, true, false))
        .hasMessageContaining("files of its own");
  }
}
