package io.kiln.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.spark.report.AnswerReport.Pairs;
import io.kiln.spark.report.AnswerReport.Shown;
import io.kiln.spark.report.RunReport.Epoch;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Errors of tens of thousands have as many digits as say something, wherever they stand. */
class ErrorsInDollarsTest {
  private static final RunReport HOUSES =
      Samples.regression()
          .change()
          .epoch(new Epoch(31, 310, 71234.5678, null, 65432.1234, null, 0.01, 0.1, 1000))
          .test(new RunReport.Test(64321.9876, null, null, 50912.3412, 36103.7, 0.782434))
          .answers(
              new AnswerReport(
                  "test",
                  null,
                  null,
                  null,
                  null,
                  List.of(
                      new Shown(
                          2972, null, "187500", "589810", null, 402310, null, List.of("-117.17"))),
                  List.of(),
                  List.of("longitude"),
                  new Pairs(List.of(187500.0), List.of(589810.0))))
          .report();

  @Test
  void onThePageInTheTerminalAndInMarkdown() {
    assertThat(RunPage.html(HOUSES))
        .contains("it is off by 50912 (RMSE)")
        .contains("MAE 36104, R² 0.7824")
        .contains("<td>187500</td><td>589810</td><td class=\"n\">402310</td><td>-117.17</td>")
        .contains("Of these: off by 402310 on average")
        .doesNotContain("50912.3")
        .doesNotContain("71234.5678</td>");
    assertThat(Summary.of(HOUSES))
        .contains("RMSE 50912, MAE 36104, R² 0.7824, loss 64322")
        .contains("71235")
        .contains("65432");
    assertThat(Summary.of(HOUSES, TableFormat.MD)).contains("| 71235 |").contains("| 65432 |");
    assertThat(Comparison.of(List.of("a", "b"), List.of(HOUSES, HOUSES)).table(TableFormat.MD))
        .contains("| 71235 | 65432 |")
        .contains("test RMSE 50912");
  }
}
