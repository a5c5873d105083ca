package io.kiln.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Several runs on one page. */
class ComparisonPageTest {
  private static String page(int runs) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < runs; i++) {
      names.add("a-long-name-of-a-run-" + i);
    }
    return Comparison.of(names, Collections.nCopies(runs, Samples.classification())).html();
  }

  @Test
  void aRunIsNamedInTheTableAndOnceForAllCurves() {
    assertThat(page(3))
        .contains("<h1>Comparison of 3 runs</h1>", "<h2>What differs, and what came of it</h2>")
        .contains(
            "<th scope=\"row\"><span class=\"key\" data-run=\"2\"></span>a-long-name-of-a-run-2</th>")
        .contains("<li><span class=\"key\" data-run=\"2\"></span>a-long-name-of-a-run-2</li>");
  }

  @Test
  void ofManyRunsTheTableAloneNamesThem() {
    assertThat(page(20))
        .contains("data-run=\"19\"></span>a-long-name-of-a-run-19</th>")
        .doesNotContain("class=\"legend\"");
  }
}
