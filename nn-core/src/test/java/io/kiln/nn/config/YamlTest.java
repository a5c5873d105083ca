package io.kiln.nn.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class YamlTest {
  @Test
  void scalarsFollowYaml12() {
    assertThat(Yaml.sections("x", "{a: 1e-3, b: 010, c: on, d: 2026-01-31, e: 1:30, f: -7, g: .5}"))
        .isEqualTo(
            Map.of(
                "a",
                0.001,
                "b",
                "010",
                "c",
                "on",
                "d",
                "2026-01-31",
                "e",
                "1:30",
                "f",
                -7,
                "g",
                0.5));
    assertThat(Yaml.value("x", "[true, False, 1.0, 'true', 12345678901]"))
        .isEqualTo(List.of(true, false, 1.0, "true", 12345678901L));
  }

  @Test
  void anEmptyTextHasNoSections() {
    assertThat(Yaml.sections("x", "# nothing\n")).isEmpty();
  }

  @Test
  void aMistakeIsNamedWithItsPlace() {
    assertThatThrownBy(() -> Yaml.sections("c.yaml", "train:\n  epochs: [1, 2\nmodel: x"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("c.yaml line 3 column 6: this is not YAML: ");
  }

  @Test
  void aKeyTwiceIsAMistake() {
    assertThatThrownBy(() -> Yaml.sections("c.yaml", "train: {epochs: 1}\nname: x\ntrain: {}"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("c.yaml line 3 column 1: duplicate key train; keep one of them");
  }

  @Test
  void aValueAloneIsNoConfiguration() {
    assertThatThrownBy(() -> Yaml.sections("c.yaml", "42"))
        .hasMessage("c.yaml: a single value came but sections (key: value) are needed");
  }

  @Test
  void classesAreNotMade() {
    assertThatThrownBy(() -> Yaml.sections("c.yaml", "a: !!javax.script.ScriptEngineManager []"))
        .isInstanceOf(ConfigException.class);
  }

  @Test
  void aliasesCannotMultiply() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
    for (int i = 1; i < 60; i++) {
      bomb.append("a").append(i).append(": &a").append(i).append(" [*a").append(i - 1);
      bomb.append(", *a").append(i - 1).append("]\n");
    }
    assertThatThrownBy(() -> Yaml.sections("c.yaml", bomb.toString()))
        .isInstanceOf(ConfigException.class);
    assertThatThrownBy(() -> Yaml.sections("c.yaml", "a: &a [*a]"))
        .isInstanceOf(ConfigException.class);
    assertThatThrownBy(() -> Yaml.value("c.yaml", "[".repeat(10_000)))
        .isInstanceOf(ConfigException.class);
  }

  @Test
  void textsAreReadAsTheyWereWritten() {
    List<String> texts = new ArrayList<>();
    Collections.addAll(
        texts,
        "1e3",
        "1e5",
        "-1E-2",
        "010",
        "0x1F",
        "1_000",
        "1:30",
        "2026-01-31",
        ".5",
        "5.",
        "+3");
    Collections.addAll(
        texts, "yes", "no", "on", "true", "null", "~", "", " ", " a ", "a\nb", "\n", "\t");
    Collections.addAll(
        texts, "<<", "=", "-", "?", ":", "a: b", "# x", "&a", "*a", "!t", "|", ">", "%");
    Collections.addAll(
        texts, "'", "\"", "\\", "{", "[", "]", ",", "@", "`", ".nan", "-.inf", "é", "日本");
    for (int point = 0; point < 0x3000; point++) {
      texts.add(Character.toString(point));
    }
    Collections.addAll(texts, "\uFEFF", "\uFFFE", "\uFFFF", "😀", Character.toString(0x10FFFF));
    Map<String, Object> written = Map.of("list", texts, "again", texts);
    assertThat(Yaml.written("x", Yaml.text(written))).isEqualTo(written);
    for (String text : texts.subList(0, 400)) {
      assertThat(Yaml.written("x", Yaml.text(Map.of("text", text, text, 1))))
          .isEqualTo(Map.of("text", text, text, 1));
    }
  }

  @Test
  void whatIsLongerThanPeopleWriteIsReadIfKilnWroteIt() {
    List<Double> numbers = new ArrayList<>();
    List<String> words = new ArrayList<>();
    for (int i = 0; i < 60_000; i++) {
      numbers.add(1.0 / (i + 1));
      words.add("word" + i);
    }
    Map<String, Object> written = Map.of("mean", numbers, "vocabulary", words);
    String text = Yaml.text(written);
    assertThat(text.length()).isGreaterThan(1 << 20);
    assertThat(Yaml.written("model.yaml", text)).isEqualTo(written);
    assertThatThrownBy(() -> Yaml.sections("conf.yaml", text)).isInstanceOf(ConfigException.class);
  }

  @Test
  void oneListInManyPlacesIsReadBack() {
    Map<String, Object> layer = Map.of("type", "dense", "units", List.of(1, 2));
    Map<String, Object> written = Map.of("layers", Collections.nCopies(100, layer));
    assertThat(Yaml.written("x", Yaml.text(written))).isEqualTo(written);
  }
}
