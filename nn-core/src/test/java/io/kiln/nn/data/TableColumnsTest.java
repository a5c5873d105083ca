package io.kiln.nn.data;

import static io.kiln.nn.data.TableFixture.features;
import static io.kiln.nn.data.TableFixture.targets;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.io.FormatException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Columns are found by name; those of files without a header by place. */
class TableColumnsTest {
  private static final String TRAIN = "a,b,y\n1,10,no\n2,20,yes\n3,30,yes\n";

  @Test
  void exchangedColumnsGiveTheSameSamples() throws IOException {
    TableFixture tables =
        TableFixture.of("csv", "label", "y", "normalize", false).file("train", TRAIN);
    Samples straight = tables.file("other", "a,b,y\n5,50,yes\n6,60,no\n").samples("other");
    Samples turned = tables.file("other", "y,b,a\nyes,50,5\nno,60,6\n").samples("other");
    assertThat(features(straight.data())).containsExactly(List.of(5.0, 50.0), List.of(6.0, 60.0));
    assertThat(features(turned.data())).isEqualTo(features(straight.data()));
    assertThat(targets(turned.judged())).isEqualTo(targets(straight.judged()));
    Samples bare = tables.file("other", "b,a\n50,5\n60,6\n").samples("other");
    assertThat(features(bare.data())).isEqualTo(features(straight.data()));
    assertThat(bare.labelled()).isFalse();
  }

  @Test
  void aTestFileWithExchangedColumnsIsReadByName() throws IOException {
    TableFixture tables =
        TableFixture.of("csv", "label", "y", "normalize", false, "test", "te")
            .file("train", TRAIN)
            .file("te", "b,y,a\n50,yes,5\n");
    assertThat(features(tables.load().test())).containsExactly(List.of(5.0, 50.0));
    assertThat(targets(tables.load().test())).containsExactly(1.0);
    tables.file("te", "b,y\n50,yes\n");
    assertThatThrownBy(tables::load)
        .isInstanceOf(ConfigException.class)
        .hasMessage("te: column 'a' is missing; it has 'b', 'y'");
    tables.file("te", "b,a\n50,5\n");
    assertThatThrownBy(tables::load).hasMessage("te: column 'y' is missing; it has 'b', 'a'");
  }

  @Test
  void missingAndUnknownColumnsAreRefusedWithTheNearestName() {
    TableFixture tables = TableFixture.of("csv", "label", "y").file("train", TRAIN);
    tables.file("other", "a,y\n5,yes\n");
    assertThatThrownBy(() -> tables.samples("other"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("other: column 'b' is missing; it has 'a', 'y'");
    tables.file("other", "a,bb,y\n5,6,yes\n");
    assertThatThrownBy(() -> tables.samples("other"))
        .hasMessage(
            "other: column 'b' is missing; it has 'a', 'bb', 'y'; is 'bb' meant? rename it");
    tables.file("other", "a,b,c,y\n5,6,7,yes\n");
    assertThatThrownBy(() -> tables.samples("other"))
        .hasMessage(
            "other: column 'c' came but 'a', 'b', 'y' are known (nearest: 'a'); remove it, or pass"
                + " over it with data.drop");
    tables.file("other", "a,b,a,y\n5,6,7,yes\n");
    assertThatThrownBy(() -> tables.samples("other"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("columns 0 and 2 (from 0) are both named 'a'");
  }

  @Test
  void aColumnToBeDroppedNeedNotBeThere() throws IOException {
    TableFixture tables =
        TableFixture.of("csv", "label", "y", "drop", "id", "normalize", false)
            .file("train", "id,a,y\n7,1,no\n8,2,yes\n");
    for (String other : List.of("id,a,y\n7,3,no\n", "a\n3\n", "y,a,id\nno,3,x\n")) {
      assertThat(features(tables.file("other", other).samples("other").data()))
          .as(other)
          .containsExactly(List.of(3.0));
    }
    tables.file("other", "a,more\n3,4\n");
    assertThat(features(tables.samples("other", "drop", List.of("id", "more")).data()))
        .containsExactly(List.of(3.0));
  }

  @Test
  void filesWithoutAHeaderAreTakenByPlaceWithOrWithoutTheLabelWhereverItStood() throws IOException {
    TableFixture tables =
        TableFixture.of("csv", "label", 0, "categorical", 2, "normalize", false)
            .file("train", "no,1,red\nyes,2,blue\nyes,3,red\n");
    Samples whole = tables.file("other", "yes,5,blue\nno,6,red\n").samples("other");
    assertThat(features(whole.data()))
        .containsExactly(List.of(5.0, 1.0, 0.0), List.of(6.0, 0.0, 1.0));
    assertThat(targets(whole.judged())).containsExactly(1.0, 0.0);
    Samples bare = tables.file("other", "5,blue\n6,red\n").samples("other");
    assertThat(features(bare.data())).isEqualTo(features(whole.data()));
    assertThat(bare.labelled()).isFalse();
    tables.file("other", "5\n6\n");
    assertThatThrownBy(() -> tables.samples("other"))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "other: 1 columns came but 3 are needed: 2 of features and, if it is known, the label;"
                + " it is another kind of table");
  }

  @Test
  void aPlaceInTheSettingsIsThatOfTheTrainingFile() throws IOException {
    TableFixture tables =
        TableFixture.of("csv", "label", 0, "categorical", 2, "drop", 3, "normalize", false)
            .file("train", "y,x,kind,id\nno,1,red,1\nyes,2,blue,2\n");
    assertThat(features(tables.file("other", "kind,x\nblue,5\n").samples("other").data()))
        .containsExactly(List.of(5.0, 1.0, 0.0));
    assertThat(features(tables.file("other", "x,id,kind\n5,9,blue\n").samples("other").data()))
        .containsExactly(List.of(5.0, 1.0, 0.0));
  }

  @Test
  void aFileWithoutHeaderIsRefusedWhereColumnsHaveNamesUnlessToldSo() throws IOException {
    TableFixture tables =
        TableFixture.of("csv", "label", "y", "normalize", false).file("train", TRAIN);
    tables.file("other", "5,50\n6,60\n");
    assertThatThrownBy(() -> tables.samples("other"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("does not name the columns, but they are known by name: a, b, y");
    assertThat(features(tables.samples("other", "header", "no").data()))
        .containsExactly(List.of(5.0, 50.0), List.of(6.0, 60.0));
  }

  @Test
  void labelsNeedNotBeThereOrKnownToBePredicted() throws IOException {
    TableFixture tables =
        TableFixture.of("csv", "label", "y", "normalize", false).file("train", TRAIN);
    for (String label : List.of("", "?", "maybe", "3")) {
      tables.file("other", "a,b,y\n5,50,yes\n6,60," + label + "\n");
      Samples samples = tables.samples("other");
      assertThat(features(samples.data())).as(label).hasSize(2);
      assertThatThrownBy(samples::judged).as(label).isInstanceOf(FormatException.class);
    }
    Samples empty = tables.file("other", "a,b,y\n5,50,\n6,60,\n").samples("other");
    assertThat(features(empty.data())).hasSize(2);
    assertThat(empty.labelled()).isFalse();
    assertThat(empty.judged().size()).isZero();
  }

  @Test
  void rowsThatAreLeftOutDoNotShiftTheNumbersOfTheOthers() throws IOException {
    TableFixture tables =
        TableFixture.of("csv", "label", "y", "normalize", false, "missing", "drop")
            .file("train", TRAIN);
    Samples samples =
        tables.file("other", "a,b,y\n1,1,no\n?,2,no\n3,3,\n4,,no\n5,5,yes\n").samples("other");
    assertThat(features(samples.data()))
        .containsExactly(List.of(1.0, 1.0), List.of(3.0, 3.0), List.of(5.0, 5.0));
    assertThat(samples.ids()).containsExactly("1", "3", "5");
    assertThat(samples.notes())
        .containsExactly(
            "2 rows were left out, for a value is missing there (row 2, 4); the others keep their"
                + " numbers");
    assertThat(targets(samples.judged())).containsExactly(0.0, 1.0);
  }

  @Test
  void oneNameForTwoColumnsIsRefused() throws IOException {
    TableFixture tables = TableFixture.of("csv", "label", "y", "normalize", false);
    tables.file("train", "y,x,y\n0,1,1\n1,2,0\n");
    assertThatThrownBy(tables::load)
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "data.label: in train columns 0 and 2 (from 0) are both named 'y'; give the place"
                + " instead of the name");
    tables.file("train", "x,x,y\n0,1,1\n1,2,0\n");
    assertThatThrownBy(tables::load)
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(
            "columns 0 and 1 (from 0) are both named 'x'; rename one, or pass over one by its"
                + " place: data.drop: [1]");
    TableFixture one =
        TableFixture.of("csv", "label", 0, "drop", 2, "normalize", false)
            .file("train", "y,x,y\n0,1,1\n1,2,0\n");
    assertThat(features(one.samples("train").data())).containsExactly(List.of(1.0), List.of(2.0));
    assertThat(targets(one.samples("train").judged())).containsExactly(0.0, 1.0);
    TableFixture kept =
        TableFixture.of("csv", "label", "y", "drop", 2, "normalize", false)
            .file("train", "x,z,x,y\n1,2,9,0\n3,4,9,1\n");
    assertThat(features(kept.samples("train").data()))
        .containsExactly(List.of(1.0, 2.0), List.of(3.0, 4.0));
  }

  @Test
  void featuresCanBeChosenAndColumnsOfAFileWithoutHeaderNamed() throws IOException {
    TableFixture chosen =
        TableFixture.of("csv", "label", "y", "features", List.of("b"), "normalize", false)
            .file("train", TRAIN);
    assertThat(features(chosen.load().train())).first().isEqualTo(List.of(10.0));
    assertThat(features(chosen.file("other", "b,a\n7,8\n").samples("other").data()))
        .containsExactly(List.of(7.0));
    TableFixture named =
        TableFixture.of("csv", "columns", List.of("a", "b", "y"), "header", false, "label", "a")
            .file("train", "1,10,3\n2,20,4\n");
    assertThat(named.load().fitted())
        .containsEntry("features", List.of("b", "y"))
        .containsEntry("label", "a");
  }

  @Test
  void whatTheFirstLineWasTakenForIsSaid() throws IOException {
    TableFixture texts =
        TableFixture.of("csv", "categorical", List.of(0)).file("train", "k,y\nred,a\nblue,b\n");
    assertThat(texts.load().notes()).singleElement().asString().contains("was taken for a row");
    assertThat(texts.load().train().size()).isEqualTo(3);
    TableFixture told =
        TableFixture.of("csv", "categorical", List.of(0), "header", true)
            .file("train", "k,y\nred,a\nblue,b\n");
    assertThat(told.load().train().size()).isEqualTo(2);
    assertThat(told.load().notes()).isEmpty();
    TableFixture used =
        TableFixture.of("csv", "categorical", "k").file("train", "k,y\nred,a\nblue,b\n");
    assertThat(used.load().train().size()).isEqualTo(2);
    assertThat(used.load().notes())
        .containsExactly(
            "train: its first line was taken for the names of the columns (k, y); if it is a row,"
                + " set data.header: no");
  }

  @Test
  void aHeaderAloneSaysThatThereAreNoRows() {
    TableFixture tables = TableFixture.of("csv").file("train", "a,b,y\n");
    assertThatThrownBy(tables::load)
        .isInstanceOf(FormatException.class)
        .hasMessage(
            "train: it has a line of names of columns (a, b) but no rows; give a file with at"
                + " least one");
  }

  @Test
  void theSavedSettingsAreThoseOfASectionOfData() throws IOException {
    TableFixture tables =
        TableFixture.of("csv", "label", "y", "normalize", false).file("train", TRAIN);
    Map<String, Object> fitted = tables.load().fitted();
    assertThat(fitted)
        .containsEntry("columns", List.of("a", "b", "y"))
        .containsEntry("features", List.of("a", "b"))
        .containsEntry("label", "y")
        .containsEntry("class-names", List.of("no", "yes"));
    Object[] pairs =
        fitted.entrySet().stream()
            .flatMap(e -> List.of(e.getKey(), e.getValue()).stream())
            .toArray();
    Splits again = TableFixture.of("csv", pairs).file("train", TRAIN).load();
    assertThat(features(again.train())).isEqualTo(features(tables.load().train()));
  }
}
