package io.kiln.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.io.LocalStorage;
import io.kiln.nn.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LimitTest {
  @TempDir Path folder;

  private static Splits load(Object... settings) throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    for (int i = 0; i < settings.length; i += 2) {
      all.put((String) settings[i], settings[i + 1]);
    }
    return DataSources.load(Settings.of("data", all), new LocalStorage(), "");
  }

  @Test
  void imagesAreChosenFromAllThatAreLearntFrom() throws IOException {
    Splits whole = load("format", "synthetic", "train", 300, "test", 50, "validation", 40);
    Splits some =
        load("format", "synthetic", "train", 300, "test", 50, "validation", 40, "limit", 60);
    assertThat(whole.train().size()).isEqualTo(260);
    assertThat(some.train().size()).isEqualTo(60);
    assertThat(some.validation().size()).isEqualTo(40);
    assertThat(some.test().size()).isEqualTo(50);
    int classes = 0;
    for (int label = 0; label < 10; label++) {
      Batch one = Batch.of(some.train().spec(), 1, DType.FLOAT32);
      boolean there = false;
      for (int i = 0; i < 60; i++) {
        some.train().read(i, one, 0);
        there |= one.target().get(0) == label;
      }
      classes += there ? 1 : 0;
    }
    assertThat(classes).isGreaterThan(7);
    assertThat(load("format", "synthetic", "train", 300, "limit", 9999).train().size())
        .isEqualTo(300);
    assertThatThrownBy(() -> load("format", "synthetic", "train", 300, "limit", 0))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("data.limit");
  }

  @Test
  void tablesAndTextsToo() throws IOException {
    StringBuilder rows = new StringBuilder("x,y\n");
    for (int i = 0; i < 40; i++) {
      rows.append(i).append(',').append(i % 2 == 0 ? "even" : "odd").append('\n');
    }
    String csv = Files.writeString(folder.resolve("rows.csv"), rows).toString();
    Splits some = load("format", "csv", "path", csv, "label", "y", "test", 10, "limit", 12);
    assertThat(some.train().size()).isEqualTo(12);
    assertThat(some.test().size()).isEqualTo(10);
    String text = Files.writeString(folder.resolve("a.txt"), "all is well ".repeat(60)).toString();
    int windows = load("format", "text", "path", text, "window", 10).train().size();
    assertThat(windows).isGreaterThan(20);
    assertThat(load("format", "text", "path", text, "window", 10, "limit", 7).train().size())
        .isEqualTo(7);
  }
}
