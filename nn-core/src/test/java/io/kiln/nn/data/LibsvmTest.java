package io.kiln.nn.data;

import static io.kiln.nn.data.TableFixture.features;
import static io.kiln.nn.data.TableFixture.targets;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.io.FormatException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class LibsvmTest {
  @Test
  void aTestFileWithFewerFeaturesHasZerosThere() throws IOException {
    TableFixture tables =
        TableFixture.of("libsvm", "normalize", false, "test", "te")
            .file("train", "1 1:1 3:3\n0 2:2\n")
            .file("te", "0 2:5\n");
    assertThat(features(tables.load().test())).containsExactly(List.of(0.0, 5.0, 0.0));
    assertThat(features(tables.samples("te").data())).containsExactly(List.of(0.0, 5.0, 0.0));
    tables.file("te", "0 4:5\n");
    assertThatThrownBy(tables::load)
        .isInstanceOf(FormatException.class)
        .hasMessage(
            "te: feature 4 came but there are 3; set data.features to the highest index of all"
                + " files");
    tables.file("te", "0 2:5\n").file("other", "0 4:5\n");
    assertThatThrownBy(() -> tables.samples("other"))
        .hasMessage(
            "other: feature 4 came but there are 3; the model knows no more, give data of the same"
                + " kind");
  }

  @Test
  void aBlankMayFollowAColon() throws IOException {
    Splits splits =
        TableFixture.of("libsvm", "normalize", false)
            .file("train", "1 1: 0.5 2:\t3\n0 1:1\n")
            .load();
    assertThat(features(splits.train())).containsExactly(List.of(0.5, 3.0), List.of(1.0, 0.0));
  }

  @Test
  void queriesArePassedOverAndSaid() throws IOException {
    Splits splits =
        TableFixture.of("libsvm", "normalize", false)
            .file("train", "2 qid:1 1:0.5\n1 qid:1 1:1\n0 qid: 2 1:2\n")
            .load();
    assertThat(features(splits.train())).containsExactly(List.of(0.5), List.of(1.0), List.of(2.0));
    assertThat(targets(splits.train())).containsExactly(2.0, 1.0, 0.0);
    assertThat(splits.notes()).anyMatch(note -> note.contains("qid: were passed over"));
  }

  @Test
  void severalLabelsAreNamed() {
    TableFixture tables = TableFixture.of("libsvm").file("train", "1,3 1:0.5\n");
    assertThatThrownBy(tables::load)
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("line 1: several labels, '1,3', came but a row has one");
  }

  @Test
  void labelsNeedNotBeThereOrKnownToBePredicted() throws IOException {
    TableFixture tables =
        TableFixture.of("libsvm", "normalize", false).file("train", "1 1:1\n0 1:2\n");
    assertThatThrownBy(() -> tables.file("other", "1:1\n").file("train", "1:1\n").load())
        .hasMessageContaining("line 1: its label is missing");
    tables.file("train", "1 1:1\n0 1:2\n");
    Samples bare = tables.file("other", "1:5\n1:6\n").samples("other");
    assertThat(features(bare.data())).containsExactly(List.of(5.0), List.of(6.0));
    assertThat(bare.labelled()).isFalse();
    for (String label : List.of("9", "x", "1,0")) {
      Samples unknown = tables.file("other", label + " 1:5\n").samples("other");
      assertThat(features(unknown.data())).as(label).containsExactly(List.of(5.0));
      assertThatThrownBy(unknown::judged).as(label).isInstanceOf(FormatException.class);
    }
  }
}
