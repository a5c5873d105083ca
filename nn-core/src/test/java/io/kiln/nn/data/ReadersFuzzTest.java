package io.kiln.nn.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.kiln.nn.config.Settings;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.io.MemoryStorage;
import java.io.IOException;
import java.util.Map;

/**
 * Whatever the bytes are: samples come, or a {@link FormatException}. Runs the kept inputs; with
 * {@code JAZZER_FUZZ=1} it looks for new ones.
 */
class ReadersFuzzTest {
  @FuzzTest
  void idx(byte[] bytes) throws IOException {
    MemoryStorage storage = new MemoryStorage().with("f", bytes);
    try {
      assertThat(Idx.readUnlabelled(storage, "f", 10).size()).isNotNegative();
    } catch (FormatException e) {
      assertThat(e.path()).isEqualTo("f");
    }
  }

  @FuzzTest
  void csv(byte[] bytes) throws IOException {
    table(Map.of("format", "csv", "path", "f", "missing", "mean"), bytes);
  }

  @FuzzTest
  void libsvm(byte[] bytes) throws IOException {
    table(Map.of("format", "libsvm", "path", "f"), bytes);
  }

  private static void table(Map<String, Object> settings, byte[] bytes) throws IOException {
    MemoryStorage storage = new MemoryStorage().with("f", bytes);
    try {
      Splits splits = DataSources.load(Settings.of("data", settings), storage, "");
      assertThat(splits.train().size()).isPositive();
    } catch (FormatException e) {
      assertThat(e.path()).isEqualTo("f");
    }
  }
}
