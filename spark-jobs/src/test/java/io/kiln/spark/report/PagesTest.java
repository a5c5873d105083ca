package io.kiln.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The pages themselves. They stay in {@code target/pages} for people to look at. */
class PagesTest {
  private static final Path PAGES = Path.of("target", "pages");

  @Test
  void notesOnTheDataAreInThePageAndInTheReport() throws IOException {
    List<String> notes = List.of("train/a.gif was passed over: <it> is no image");
    RunReport report =
        Samples.begun()
            .change()
            .data(new RunReport.Data(1, 2, 3, "f", null, notes, null, null))
            .report();
    assertThat(RunPage.html(report))
        .contains("<li>train/a.gif was passed over: &lt;it&gt; is no image</li>");
    RunReport read = Json.read("report.json", Json.bytes(report), RunReport.class);
    assertThat(read.data()).isEqualTo(report.data());
    assertThat(RunPage.html(Samples.classification())).doesNotContain("Notes on the data");
  }

  @Test
  void aGoodRunIsSeenToBeGood() throws IOException {
    String page = kept("run.html", RunPage.html(Samples.classification()));

    assertThat(page)
        .contains("class=\"verdict good\"")
        .contains("98.12 % of the test samples are right.")
        .contains("± 0.27 points")
        .contains("203,530")
        .contains("Exchanging gradients");
  }

  @Test
  void aRegressionHasNoAccuracy() throws IOException {
    String page = kept("regression.html", RunPage.html(Samples.regression()));

    assertThat(page)
        .contains("off by 0.5477 (RMSE)")
        .contains("not with a native BLAS")
        .contains("130 steps were done twice")
        .doesNotContain("Validation accuracy");
  }

  @Test
  void textsOfARunCannotBecomeMarkup() throws IOException {
    String page = kept("failed.html", RunPage.html(Samples.diverged()));

    assertThat(page)
        .contains("&lt;script&gt;alert(1)&lt;/script&gt;")
        .doesNotContain("<script>alert")
        .doesNotContain("<img")
        .contains("Failed: step 12")
        .contains("not a number");
  }

  @Test
  void aRunningRunHasAPageFromItsFirstMoment() throws IOException {
    assertThat(kept("running.html", RunPage.html(Samples.begun())))
        .contains("no epoch is done yet");
  }

  @Test
  void aSweepShowsItsBestTrial() throws IOException {
    String page = kept("sweep.html", SweepPage.html(Samples.sweep()));

    assertThat(page)
        .contains("Best: model.hidden [512], optimizer.learning-rate 0.1")
        .contains("1 of 18 trials failed")
        .contains("class=\"parallel\"")
        .contains("class=\"gantt\"")
        .contains("t014/report.html");
  }

  @Test
  void nothingIsLoadedFromANetwork() {
    for (String page :
        List.of(RunPage.html(Samples.classification()), SweepPage.html(Samples.sweep()))) {
      assertThat(Pattern.compile("(src|href)\\s*=\\s*[\"']?(https?:|//)").matcher(page).find())
          .isFalse();
      assertThat(page).contains("default-src 'none'").contains("Chart.js v4");
    }
  }

  @Test
  void aPageIsRenderedFromJsonAlone() throws IOException {
    RunReport report = Samples.detailed();
    RunReport read = Json.read("report.json", Json.bytes(report), RunReport.class);
    assertThat(RunPage.html(read)).isEqualTo(RunPage.html(report));
    SweepReport sweep = Samples.sweep();
    assertThat(SweepPage.html(Json.read("sweep.json", Json.bytes(sweep), SweepReport.class)))
        .isEqualTo(SweepPage.html(sweep));
  }

  @Test
  void answersLayersAndWorkersHaveTheirPlaces() throws IOException {
    String page = kept("detailed.html", RunPage.html(Samples.detailed()));
    assertThat(page)
        .contains("ROC: area 0.9876 all together, 0.9765 mean of classes")
        .contains("off by 2.50 points on average (ECE)")
        .contains("<img src=\"data:image/png;base64,iVBORw0KGgo&#x3D;\"")
        .contains("␣, taken for <b>⏎</b>")
        .contains("<figcaption>a<br><span class=\"soft\">87.0 % sure · sample 4")
        .contains(
            "<figcaption>a, taken for <b>b</b><br><span class=\"soft\">60.0 % sure · sample 9")
        .contains("Rectifiers whose units are 0")
        .contains("worker 1: computing 6.00 s")
        .contains("Where the time of a step goes");
    assertThat(page.length()).isLessThan(500_000);
  }

  @Test
  void aLinkToATrialLeadsToItsFolder() {
    assertThat(SweepPage.html(Samples.sweep())).contains("href=\"trials/t014/report.html\"");
  }

  private static String kept(String name, String page) throws IOException {
    Files.createDirectories(PAGES);
    Files.writeString(PAGES.resolve(name), page);
    return page;
  }
}
