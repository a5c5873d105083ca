package io.kiln.nn.data;

import static io.kiln.nn.data.TableFixture.targets;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Classes keep the names or numbers they have in the training data. */
class TableLabelsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "3 7 5|3 5 7",
        "-1 1 1|-1 1",
        "0 1 2|0 1 2",
        "0.0 1.0 2.0|0 1 2",
        "3.0 7.0 5.0|3.0 5.0 7.0",
        "3 3.0 5|3 5",
        "007 013 013|007 013",
        "1 2 3|1 2 3",
        "yes no no|no yes",
        "b 2 a|2 a b",
        "1000000000000 5 5|5 1000000000000",
      })
  void namesAreThoseOfTheTrainingData(String written, String names) throws IOException {
    StringBuilder csv = new StringBuilder();
    for (String label : written.split(" ")) {
      csv.append("1,").append(label).append('\n');
    }
    Splits splits = TableFixture.of("csv").file("train", csv.toString()).load();
    assertThat(splits.train().spec().classNames()).containsExactly(names.split(" "));
    assertThat(splits.fitted()).containsEntry("class-names", List.of(names.split(" ")));
  }

  @Test
  void aLabelThatIsWrittenInAnotherWayIsTheSameClass() throws IOException {
    TableFixture tables = TableFixture.of("csv").file("train", "1,3.0\n2,5.0\n3,7.0\n");
    Samples other = tables.file("other", "1,5\n2,+7\n3,3.0\n4,3\n").samples("other");
    assertThat(targets(other.judged())).containsExactly(1.0, 2.0, 0.0, 0.0);
  }

  @Test
  void signsOfLibsvmAreThoseOfNumbers() throws IOException {
    Splits splits = TableFixture.of("libsvm").file("train", "+1 1:1\n-1 1:2\n+1 1:3\n").load();
    assertThat(splits.train().spec().classNames()).containsExactly("-1", "1");
    assertThat(targets(splits.train())).containsExactly(1.0, 0.0, 1.0);
  }
}
