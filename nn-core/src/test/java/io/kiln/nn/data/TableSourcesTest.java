package io.kiln.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.io.LocalStorage;
import io.kiln.nn.tensor.DType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableSourcesTest {
  @TempDir Path root;

  @Test
  void textLabelsBecomeClassesInAlphabeticalOrder() throws IOException {
    write("1,2,cat\n3,4,ant\n5,6,cat\n\n");
    Splits splits = csv("normalize", false);
    assertThat(splits.train().spec().classNames()).containsExactly("ant", "cat");
    assertThat(rows(splits.train()))
        .containsExactly("1.0 2.0 -> 1.0", "3.0 4.0 -> 0.0", "5.0 6.0 -> 1.0");
    assertThat(splits.validation().size()).isZero();
    assertThat(splits.test().size()).isZero();
  }

  @Test
  void headersAreGuessedAndColumnsNamed() throws IOException {
    write("price,size,rooms\n10,1,2\n20,3,4\n");
    Splits splits = csv("label", "price", "normalize", false, "task", "regression");
    assertThat(splits.train().spec().classes()).isZero();
    assertThat(rows(splits.train())).containsExactly("1.0 2.0 -> 10.0", "3.0 4.0 -> 20.0");
    assertThat(rows(csv("label", "1", "drop", "rooms", "normalize", false).train()))
        .containsExactly("10.0 -> 0.0", "20.0 -> 1.0");
    assertThat(rows(csv("label", -3, "task", "regression", "normalize", false).train()))
        .containsExactly("1.0 2.0 -> 10.0", "3.0 4.0 -> 20.0");
    assertThatThrownBy(() -> csv("label", "prize"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("data.label: there is no column 'prize' in")
        .hasMessageEndingWith("columns are price, size, rooms");
    assertThatThrownBy(() -> csv("header", "no")).hasMessageContaining("column '0' has 'price'");
  }

  @Test
  void numberedClassesKeepTheirNames() throws IOException {
    write("1;4\n2;2\n3;10\n");
    Splits splits = csv("delimiter", ";");
    assertThat(splits.train().spec().classNames()).containsExactly("2", "4", "10");
    write("1\t4.5\n2\t2\n3\t10\n");
    assertThat(csv("delimiter", "tab").train().spec().classes()).isZero();
  }

  @Test
  void numbersToLearnAreScaledByTheTrainingPartAndOtherDataLikewise() throws IOException {
    write("1,1e9\n2,1000000004\n3,1000000008\n4,1000000002\n5,1000000006.5\n");
    Splits splits = csv("test", 2, "seed", 3);
    TargetScale scale = splits.train().spec().scale();
    List<Double> numbers = new ArrayList<>();
    double sum = 0;
    double squares = 0;
    for (Dataset part : List.of(splits.train(), splits.test())) {
      assertThat(part.spec().scale()).isEqualTo(scale);
      Batch batch = Batch.of(part.spec(), part.size(), DType.FLOAT64);
      for (int i = 0; i < part.size(); i++) {
        part.readTarget(i, batch.target(), i);
        numbers.add(scale.number(batch.target().get(i)));
        sum += part == splits.train() ? batch.target().get(i) : 0;
        squares += part == splits.train() ? Math.pow(batch.target().get(i), 2) : 0;
      }
    }
    assertThat(sum).isCloseTo(0, within(1e-6));
    assertThat(squares / 3).isCloseTo(1, within(1e-6));
    numbers.sort(null); // far from zero, where float32 alone would make all of them one number
    double[] written = {1e9, 1e9 + 2, 1e9 + 4, 1e9 + 6.5, 1e9 + 8};
    for (int i = 0; i < written.length; i++) {
      assertThat(numbers.get(i)).isCloseTo(written[i], within(1e-5));
    }
    Map<String, Object> saved = new HashMap<>(splits.fitted());
    assertThat(saved)
        .containsEntry("target-mean", scale.mean())
        .containsEntry("target-deviation", scale.deviation());
    saved.put("format", "csv");
    Samples samples =
        DataSources.samples(
            Settings.of("data", saved), new LocalStorage(), root.resolve("data").toString());
    assertThat(samples.data().spec().scale()).isEqualTo(scale);
    assertThat(csv("normalize-target", false).train().spec().scale()).isEqualTo(TargetScale.NONE);
    assertThat(csv("normalize", false).train().spec().scale()).isEqualTo(TargetScale.NONE);
    write("1,a\n2,b\n");
    assertThat(csv("normalize-target", true).fitted()).doesNotContainKey("target-mean");
  }

  @Test
  void normalisationIsFittedOnTheTrainingPartOnly() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      text.append(i * i).append(",7,").append(i % 3).append('\n');
    }
    write(text.toString());
    Splits splits = csv("validation", 0.2, "test", 10, "seed", 3);
    assertThat(splits.train().size()).isEqualTo(70);
    assertThat(splits.validation().size()).isEqualTo(20);
    assertThat(splits.test().size()).isEqualTo(10);
    Batch batch = Batch.of(splits.train().spec(), 70, DType.FLOAT64);
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < 70; i++) {
      splits.train().read(i, batch, i);
      sum += batch.input(0).get(2 * i);
      squares += Math.pow(batch.input(0).get(2 * i), 2);
      assertThat(batch.input(0).get(2 * i + 1)).isZero();
    }
    assertThat(sum / 70).isCloseTo(0, within(1e-6));
    assertThat(squares / 70).isCloseTo(1, within(1e-5));
    List<String> all = rows(splits.train());
    all.addAll(rows(splits.validation()));
    all.addAll(rows(splits.test()));
    assertThat(all).doesNotHaveDuplicates().hasSize(100);
    assertThat(rows(csv("validation", 0.2, "test", 10, "seed", 3).test()))
        .isEqualTo(rows(splits.test()));
    assertThat(rows(csv("validation", 0.2, "test", 10, "seed", 4).test()))
        .isNotEqualTo(rows(splits.test()));
    assertThatThrownBy(() -> csv("validation", 0.5, "test", 50))
        .hasMessageContaining(
            "50 for validation and 50 for the test came but there are 100 samples");
    assertThatThrownBy(() -> csv("validation", 1.5)).hasMessageContaining("a count or a fraction");
  }

  @Test
  void missingValuesAreAnErrorUnlessToldOtherwise() throws IOException {
    write("a,b,y\n1,2,0\n?,4,1\n3,,1\n");
    assertThatThrownBy(() -> csv())
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("row 3: column 'a' has no value; set data.missing to mean or drop");
    assertThat(rows(csv("missing", "mean", "normalize", false).train()))
        .containsExactly("1.0 2.0 -> 0.0", "2.0 4.0 -> 1.0", "3.0 3.0 -> 1.0");
    assertThat(rows(csv("missing", "drop", "normalize", false).train()))
        .containsExactly("1.0 2.0 -> 0.0");
    write("1,2,0\n1,2,\n");
    assertThatThrownBy(() -> csv("missing", "mean")).hasMessageContaining("its label is missing");
  }

  @Test
  void columnsOfTextsBecomeOneColumnAText() throws IOException {
    write("kind,x,y\nred,1,0\nblue,2,1\nred,3,1\n");
    assertThatThrownBy(() -> csv())
        .hasMessageContaining("row 2: column 'kind' has 'red' but a number is needed");
    Splits splits = csv("categorical", "kind", "normalize", false);
    assertThat(rows(splits.train()))
        .containsExactly("0.0 1.0 1.0 -> 0.0", "1.0 0.0 2.0 -> 1.0", "0.0 1.0 3.0 -> 1.0");
    assertThat(splits.fitted().get("categories")).isEqualTo(Map.of("kind", List.of("blue", "red")));
  }

  @Test
  void aTestFileOfItsOwnIsEncodedAsTheTrainingPart() throws IOException {
    write("kind,x,y\nred,1,a\nblue,3,b\n");
    Files.writeString(root.resolve("test.csv"), "kind,x,y\nblue,5,b\n");
    Splits splits = csv("categorical", "kind", "test", "test.csv");
    assertThat(rows(splits.test())).containsExactly("1.0 0.0 3.0 -> 1.0");
    Files.writeString(root.resolve("test.csv"), "kind,x,y\ngreen,5,b\n");
    assertThatThrownBy(() -> csv("categorical", "kind", "test", "test.csv"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("column 'kind' has 'green' but in training it had blue, red");
    Files.writeString(root.resolve("test.csv"), "kind,x,y\nred,5,c\n");
    assertThatThrownBy(() -> csv("categorical", "kind", "test", "test.csv"))
        .hasMessageContaining("label 'c' came but classes are a, b");
  }

  @Test
  void otherRowsAreReadAsAModelWasTrained() throws IOException {
    write("kind,x,y\nred,1,a\nblue,3,b\n");
    Map<String, Object> trained = settings("categorical", "kind");
    trained.putAll(csv("categorical", "kind").fitted());
    Path other = Files.writeString(root.resolve("other.csv"), "kind,x\nblue,5\nred,1\n");
    Samples samples = samples(trained, other);
    assertThat(samples.labelled()).isFalse();
    assertThat(rows(samples.data())).containsExactly("1.0 0.0 3.0 -> 0.0", "0.0 1.0 -1.0 -> 0.0");
    Files.writeString(other, "kind,x,y\nblue,5,b\n");
    samples = samples(trained, other);
    assertThat(samples.labelled()).isTrue();
    assertThat(rows(samples.data())).containsExactly("1.0 0.0 3.0 -> 1.0");
    Files.writeString(other, "kind,x,z,y\nblue,5,1,b\n");
    assertThatThrownBy(() -> samples(trained, other)).isInstanceOf(ConfigException.class);
  }

  @Test
  void rowsOfAnotherLengthAreNamed() throws IOException {
    write("1,2,0\n1,2\n");
    assertThatThrownBy(() -> csv())
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("row 2: 2 cells came but the first line has 3");
    write("1,\"2,0\n1,2,0\n");
    assertThatThrownBy(() -> csv()).isInstanceOf(FormatException.class);
    write("");
    assertThatThrownBy(() -> csv()).hasMessageContaining("it is empty");
    write("5\n6\n");
    assertThatThrownBy(() -> csv()).hasMessageContaining("no column of features");
    write("1,NaN,0\n1,1e999,0\n");
    assertThatThrownBy(() -> csv("missing", "mean")).hasMessageContaining("has '1e999'");
  }

  @Test
  void libsvmIsReadDense() throws IOException {
    write("+1 1:0.5 3:2 # comment\n\n-1 2:-1e-1\n+1\n");
    Splits splits = load(settings("format", "libsvm", "normalize", false));
    assertThat(splits.train().spec().classNames()).containsExactly("-1", "1");
    assertThat(rows(splits.train()))
        .containsExactly("0.5 0.0 2.0 -> 1.0", "0.0 -0.1 0.0 -> 0.0", "0.0 0.0 0.0 -> 1.0");
    assertThat(
            load(settings("format", "libsvm", "features", 5))
                .train()
                .spec()
                .inputs()
                .get(0)
                .count())
        .isEqualTo(5);
    Map<String, Object> trained = settings("format", "libsvm");
    trained.putAll(splits.fitted());
    assertThat(samples(trained, root.resolve("data")).data().size()).isEqualTo(3);
    for (String line :
        List.of("1 0:1", "1 2:1 2:1", "1 3:1 2:1", "1 a:1", "1 1:x", "1 1", "x 1:1")) {
      write("1 1:1\n" + line + "\n");
      assertThatThrownBy(() -> load(settings("format", "libsvm")))
          .as(line)
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("line 2: ");
    }
    write("1 2147483647:1\n");
    assertThatThrownBy(() -> load(settings("format", "libsvm")))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("too many as dense numbers");
    write("1 7:1\n");
    assertThatThrownBy(() -> load(settings("format", "libsvm", "features", 5)))
        .hasMessageContaining("feature 7 came but there are 5");
  }

  private Splits csv(Object... settings) throws IOException {
    return load(settings(settings));
  }

  private Map<String, Object> settings(Object... pairs) {
    Map<String, Object> settings = new HashMap<>(Map.of("format", "csv", "path", "data"));
    for (int i = 0; i < pairs.length; i += 2) {
      settings.put((String) pairs[i], pairs[i + 1]);
    }
    return settings;
  }

  private Splits load(Map<String, Object> settings) throws IOException {
    return DataSources.load(Settings.of("data", settings), new LocalStorage(), root.toString());
  }

  private static Samples samples(Map<String, Object> settings, Path location) throws IOException {
    return DataSources.samples(
        Settings.of("data", settings), new LocalStorage(), location.toString());
  }

  private void write(String text) throws IOException {
    Files.write(root.resolve("data"), text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> rows(Dataset data) {
    List<String> rows = new ArrayList<>();
    Batch batch = Batch.of(data.spec(), 1, DType.FLOAT32);
    for (int i = 0; i < data.size(); i++) {
      data.read(i, batch, 0);
      StringBuilder row = new StringBuilder();
      for (double x : batch.input(0).toArray()) {
        row.append((float) x).append(' ');
      }
      rows.add(row + "-> " + batch.target().get(0));
    }
    return rows;
  }
}
