package io.kiln.spark.train;

import io.kiln.nn.metric.Curves;
import io.kiln.nn.metric.ScoreBins;
import io.kiln.nn.train.AnswerDetails;
import io.kiln.nn.train.ShownAnswer;
import io.kiln.nn.train.ShownInput;
import io.kiln.spark.report.AnswerReport;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/** Answers as the report has them: names of classes, pictures as data URIs, numbers rounded. */
final class AnswerView {
  /** Points of a curve: more are not to be told apart on a page. */
  private static final int POINTS = 60;

  private static final MathContext DIGITS = new MathContext(5);
  private static final int CURVE_DIGITS = 4;

  private final List<String> classes;
  private final @Nullable TableRow row;

  private AnswerView(List<String> classes, Map<String, Object> fitted) {
    this.classes = classes;
    this.row = TableRow.of(fitted);
  }

  /**
   * The report of answers.
   *
   * @param on whose samples they are: {@code test} or {@code validation}
   * @param classes their names
   * @param fitted what the training set's columns were found to be; without such, rows are shown as
   *     the network sees them
   */
  static AnswerReport of(
      String on, AnswerDetails details, List<String> classes, Map<String, Object> fitted) {
    return new AnswerView(classes, fitted).report(on, details);
  }

  private AnswerReport report(String on, AnswerDetails details) {
    ScoreBins bins = details.scores();
    List<AnswerReport.Scores> scores = bins == null ? null : scores(bins);
    List<AnswerReport.Shown> worst = details.worst().stream().map(this::shown).toList();
    boolean rows = worst.stream().anyMatch(answer -> answer.values() != null);
    return new AnswerReport(
        on,
        scores,
        scores == null ? null : mean(scores, AnswerReport.Scores::area),
        scores == null ? null : mean(scores, AnswerReport.Scores::averagePrecision),
        details.calibration() == null ? null : calibration(details.calibration()),
        worst,
        details.drawn().stream().map(this::shown).toList(),
        rows ? columns(worst) : null,
        details.pairs().isEmpty() ? null : pairs(details.pairs()));
  }

  /** Of two classes, the curves of the second say all: those of the first mirror them. */
  private List<AnswerReport.Scores> scores(ScoreBins bins) {
    List<AnswerReport.Scores> scores = new ArrayList<>();
    if (bins.classes() > 2) {
      scores.add(scores("all together", bins.micro()));
    }
    for (int j = bins.classes() > 2 ? 0 : 1; j < bins.classes(); j++) {
      scores.add(scores(name(j), bins.curves(j)));
    }
    return scores;
  }

  private static AnswerReport.Scores scores(String name, Curves curves) {
    List<double[]> roc =
        curves.negatives() > 0 && curves.positives() > 0 ? curves.roc(POINTS) : List.of();
    List<double[]> pr = curves.positives() > 0 ? curves.precisionRecall(POINTS) : List.of();
    return new AnswerReport.Scores(
        name,
        known(curves.area()),
        known(curves.averagePrecision()),
        column(roc, 0),
        column(roc, 1),
        column(pr, 0),
        column(pr, 1));
  }

  private static List<Double> column(List<double[]> points, int column) {
    return points.stream().map(point -> rounded(point[column])).toList();
  }

  private static double rounded(double rate) {
    return new BigDecimal(rate)
        .setScale(CURVE_DIGITS, java.math.RoundingMode.HALF_EVEN)
        .doubleValue();
  }

  /** Over the classes; the first entry is that of all together, unless there are two classes. */
  private static @Nullable Double mean(
      List<AnswerReport.Scores> scores, Function<AnswerReport.Scores, @Nullable Double> number) {
    double sum = 0;
    int n = 0;
    for (AnswerReport.Scores one : scores.subList(scores.size() > 1 ? 1 : 0, scores.size())) {
      Double its = number.apply(one);
      if (its != null) {
        sum += its;
        n++;
      }
    }
    return n == 0 ? null : sum / n;
  }

  private static AnswerReport.Calibration calibration(io.kiln.nn.metric.Calibration bins) {
    List<Double> confidence = new ArrayList<>();
    List<Double> accuracy = new ArrayList<>();
    List<Long> count = new ArrayList<>();
    for (int bin = 0; bin < io.kiln.nn.metric.Calibration.BINS; bin++) {
      if (bins.count(bin) > 0) {
        confidence.add(rounded(bins.confidence(bin)));
        accuracy.add(rounded(bins.accuracy(bin)));
        count.add((long) bins.count(bin));
      }
    }
    return new AnswerReport.Calibration(bins.error(), confidence, accuracy, count);
  }

  private static AnswerReport.Pairs pairs(List<AnswerDetails.NumberPair> pairs) {
    return new AnswerReport.Pairs(
        pairs.stream().map(pair -> digits(pair.truth())).toList(),
        pairs.stream().map(pair -> digits(pair.answer())).toList());
  }

  private static double digits(double value) {
    return Double.isFinite(value) ? new BigDecimal(value).round(DIGITS).doubleValue() : value;
  }

  private AnswerReport.Shown shown(ShownAnswer answer) {
    boolean numbers = Double.isNaN(answer.probability());
    ShownInput input = answer.input();
    return new AnswerReport.Shown(
        answer.sample(),
        answer.row() == 0 ? null : answer.row(),
        numbers ? text(answer.truth()) : name((int) answer.truth()),
        numbers ? text(answer.answer()) : name((int) answer.answer()),
        known(answer.probability()),
        digits(answer.badness()),
        input.channels() > 0 ? picture(input) : null,
        input.channels() == 0 && input.values().length > 0 ? values(input.values()) : null);
  }

  private String name(int type) {
    return type < classes.size() ? classes.get(type) : String.valueOf(type);
  }

  private static String text(double value) {
    return String.valueOf(digits(value)).replaceAll("\\.0$", "");
  }

  private List<String> values(float[] input) {
    if (row != null) {
      return row.texts(input);
    }
    List<String> texts = new ArrayList<>();
    for (float value : input) {
      texts.add(text(value));
    }
    return texts;
  }

  private List<String> columns(List<AnswerReport.Shown> worst) {
    if (row != null) {
      return row.names();
    }
    List<String> names = new ArrayList<>();
    List<String> first = worst.get(0).values();
    for (int i = 0; first != null && i < first.size(); i++) {
      names.add("x" + (i + 1));
    }
    return names;
  }

  /** A picture as a data URI: PNG or JPEG, whichever is shorter. */
  private static String picture(ShownInput input) {
    int area = input.width() * input.height();
    BufferedImage image =
        new BufferedImage(
            input.width(),
            input.height(),
            input.channels() == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < area; i++) {
      int x = i % input.width();
      int y = i / input.width();
      if (input.channels() == 1) {
        image.getRaster().setSample(x, y, 0, (int) input.values()[i]);
      } else {
        int red = (int) input.values()[i];
        int green = (int) input.values()[area + i];
        int blue = (int) input.values()[2 * area + i];
        image.setRGB(x, y, red << 16 | green << 8 | blue);
      }
    }
    byte[] png = bytes(image, "png");
    byte[] jpeg = bytes(image, "jpg");
    boolean shorter = jpeg.length > 0 && jpeg.length < png.length;
    return (shorter ? "data:image/jpeg;base64," : "data:image/png;base64,")
        + Base64.getEncoder().encodeToString(shorter ? jpeg : png);
  }

  private static byte[] bytes(BufferedImage image, String format) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, format, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory throws none
    }
    return out.toByteArray();
  }

  private static @Nullable Double known(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
