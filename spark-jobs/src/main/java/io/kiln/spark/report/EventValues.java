package io.kiln.spark.report;

import io.kiln.nn.train.LayerWatch;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values of TensorBoard's summaries: messages {@code tensorflow.Summary.Value}, with the fields of
 * {@code tensorflow/core/framework/summary.proto} and {@code tensorboard/plugins/hparams/
 * plugin_data.proto}.
 */
final class EventValues {
  private static final int FLOAT = 1;
  private static final int STRING = 7;

  private EventValues() {}

  static Proto scalar(String tag, double value) {
    return new Proto().text(1, tag).fixed32(2, Float.floatToIntBits((float) value));
  }

  /** A text, for the dashboard of texts: Markdown, so lines that begin with blanks are code. */
  static Proto text(String tag, String text) {
    Proto shape = new Proto().message(2, new Proto().varint(1, 1));
    Proto tensor =
        new Proto()
            .varint(1, STRING)
            .message(2, shape)
            .bytes(8, ("    " + text.replace("\n", "\n    ")).getBytes(StandardCharsets.UTF_8));
    Proto plugin = new Proto().text(1, "text");
    return new Proto().text(1, tag).message(9, new Proto().message(1, plugin)).message(8, tensor);
  }

  static Proto histogram(String tag, LayerWatch.Spread spread) {
    int bars = spread.counts().size();
    double[] limits = new double[bars];
    double[] counts = new double[bars];
    double all = 0;
    double sum = 0;
    double width = (spread.max() - spread.min()) / bars;
    for (int i = 0; i < bars; i++) {
      limits[i] = i == bars - 1 ? spread.max() : spread.min() + width * (i + 1);
      counts[i] = spread.counts().get(i);
      all += counts[i];
      sum += counts[i] * (spread.min() + width * (i + 0.5));
    }
    Proto histogram =
        new Proto()
            .number(1, spread.min())
            .number(2, spread.max())
            .number(3, all)
            .number(4, sum)
            .number(5, spread.norm() * spread.norm())
            .numbers(6, limits)
            .numbers(7, counts);
    return new Proto().text(1, tag).message(5, histogram);
  }

  /**
   * A picture; null if it is none.
   *
   * @param uri data URI of a PNG or JPEG
   */
  static @Nullable Proto image(String tag, String uri) {
    byte[] bytes = Base64.getDecoder().decode(uri.substring(uri.indexOf(',') + 1));
    int[] size = PictureSize.of(bytes);
    if (size == null) {
      return null;
    }
    Proto image = new Proto().varint(1, size[1]).varint(2, size[0]).varint(3, size[2]);
    return new Proto().text(1, tag).message(4, image.bytes(4, bytes));
  }

  /** What an experiment has: names of hyperparameters, and the scalars that are results. */
  static Proto experiment(RunReport report) {
    Proto experiment = new Proto().text(6, report.name());
    experiment.number(3, seconds(report));
    Settings.flat(report.config())
        .forEach(
            (key, value) ->
                experiment.message(
                    4,
                    new Proto()
                        .text(1, key)
                        .varint(
                            4, value instanceof Number ? 3 : value instanceof Boolean ? 2 : 1)));
    for (String tag :
        List.of("accuracy/validation", "loss/validation", "accuracy/test", "loss/test")) {
      experiment.message(5, new Proto().message(1, new Proto().text(2, tag)));
    }
    return hparams("_hparams_/experiment", new Proto().message(2, experiment));
  }

  /** That a session with these hyperparameters began. */
  static Proto sessionStart(RunReport report) {
    Proto start = new Proto();
    for (Map.Entry<String, Object> setting : Settings.flat(report.config()).entrySet()) {
      Object value = setting.getValue();
      Proto typed = new Proto();
      if (value instanceof Number number) {
        typed.number(2, number.doubleValue());
      } else if (value instanceof Boolean flag) {
        typed.varint(4, flag ? 1 : 0);
      } else {
        typed.text(3, Page.value(value));
      }
      start.message(1, new Proto().text(1, setting.getKey()).message(2, typed));
    }
    start.text(4, report.runId());
    start.number(5, seconds(report));
    return hparams("_hparams_/session_start_info", new Proto().message(3, start));
  }

  static Proto sessionEnd(boolean well) {
    Proto end = new Proto().varint(1, well ? 1 : 2).number(2, System.currentTimeMillis() / 1000.0);
    return hparams("_hparams_/session_end_info", new Proto().message(4, end));
  }

  private static Proto hparams(String tag, Proto content) {
    Proto plugin = new Proto().text(1, "hparams").bytes(2, content.bytes());
    Proto none =
        new Proto()
            .varint(1, FLOAT)
            .message(2, new Proto().message(2, new Proto().varint(1, 1)))
            .bytes(5, ByteBuffer.allocate(Float.BYTES).array());
    return new Proto().text(1, tag).message(9, new Proto().message(1, plugin)).message(8, none);
  }

  private static double seconds(RunReport report) {
    return Instant.parse(report.started()).toEpochMilli() / 1000.0;
  }
}
