package io.kiln.spark.report;

import io.kiln.nn.io.Storage;
import io.kiln.nn.train.LayerWatch;
import io.kiln.spark.report.RunReport.Epoch;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.hadoop.fs.Syncable;
import org.jspecify.annotations.Nullable;

/**
 * A TensorBoard event file: TFRecord frames around {@code tensorflow.Event} messages. Begun with
 * the first epoch, so that a folder without epochs has none.
 *
 * <p>A frame is the length (8 bytes, little endian), its masked CRC-32C, the message, its masked
 * CRC-32C. What they hold is made by {@link EventValues}.
 */
final class EventFile implements AutoCloseable {
  private static final int MASK = 0xa282ead8;

  private final Storage storage;
  private final String folder;
  private @Nullable OutputStream out;

  EventFile(Storage storage, String folder) {
    this.storage = storage;
    this.folder = folder;
  }

  /** Adds the numbers of an epoch, at its step. */
  void add(Epoch epoch) throws IOException {
    scalar(epoch.step(), "loss/train", epoch.trainLoss());
    scalar(epoch.step(), "loss/validation", epoch.validationLoss());
    scalar(epoch.step(), "accuracy/train", epoch.trainAccuracy());
    scalar(epoch.step(), "accuracy/validation", epoch.validationAccuracy());
    scalar(epoch.step(), "learning_rate", epoch.learningRate());
    scalar(epoch.step(), "samples_per_second", epoch.samplesPerSecond());
  }

  /**
   * Adds what the dashboard of hyperparameters shows: the configuration, when it began, and which
   * scalars are results.
   */
  void begins(RunReport report) throws IOException {
    value(0, EventValues.experiment(report));
    value(0, EventValues.sessionStart(report));
    value(0, EventValues.text("configuration", Page.yaml(report.config())));
  }

  /** Adds weights and gradients of layers as histograms. */
  void add(long step, LayerWatch.Seen seen) throws IOException {
    for (LayerWatch.Layer layer : seen.layers()) {
      value(step, EventValues.histogram("weights/" + layer.name(), layer.weights()));
      value(step, EventValues.histogram("gradients/" + layer.name(), layer.gradient()));
      scalar(step, "weight_norm/" + layer.name(), layer.weights().norm());
      scalar(step, "gradient_norm/" + layer.name(), layer.gradient().norm());
    }
    for (LayerWatch.Rectifier rectifier : seen.rectifiers()) {
      scalar(step, "dead_rectifiers/" + rectifier.layer(), rectifier.dead());
    }
  }

  /** Adds how it ended: the test, pictures of the worst answers, the end of the session. */
  void ends(RunReport report) throws IOException {
    List<Epoch> history = report.history();
    long step = history.isEmpty() ? 0 : history.get(history.size() - 1).step();
    RunReport.Test test = report.test();
    if (test != null) {
      scalar(step, "loss/test", test.loss());
      scalar(step, "accuracy/test", test.accuracy());
      scalar(step, "rmse/test", test.rmse());
    }
    AnswerReport answers = report.answers();
    if (answers != null) {
      for (AnswerReport.Shown worst : answers.worst()) {
        String tag =
            "worst/sample_" + worst.sample() + "_" + worst.truth() + "_as_" + worst.answer();
        Proto image = worst.picture() == null ? null : EventValues.image(tag, worst.picture());
        if (image != null) {
          value(step, image);
        }
      }
    }
    value(step, EventValues.sessionEnd(report.status() == RunReport.Status.SUCCEEDED));
  }

  /** Lets readers see what was added, where the file system can. */
  void flush() throws IOException {
    if (out != null) {
      out.flush();
      if (out instanceof Syncable file) {
        try {
          file.hflush();
        } catch (UnsupportedOperationException e) {
          // Object stores show a file when it is closed.
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (out != null) {
      out.close();
      out = null;
    }
  }

  private void scalar(long step, String tag, @Nullable Double value) throws IOException {
    if (value == null) {
      return;
    }
    value(step, EventValues.scalar(tag, value));
  }

  /** Adds a value at a step. */
  private void value(long step, Proto value) throws IOException {
    Proto summary = new Proto();
    summary.message(1, value);
    Proto event = event();
    event.varint(2, step);
    event.message(5, summary);
    frame(file(), event.bytes());
  }

  private OutputStream file() throws IOException {
    OutputStream file = out;
    if (file == null) {
      long millis = System.currentTimeMillis();
      file =
          storage.create(
              folder
                  + "/events.out.tfevents."
                  + millis / 1000
                  + "."
                  + host()
                  + "."
                  + millis % 1000);
      out = file;
      Proto version = event();
      version.bytes(3, "brain.Event:2".getBytes(StandardCharsets.UTF_8));
      frame(file, version.bytes());
    }
    return file;
  }

  private static Proto event() {
    Proto event = new Proto();
    event.fixed64(1, Double.doubleToLongBits(System.currentTimeMillis() / 1000.0));
    return event;
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  private static void frame(OutputStream out, byte[] message) throws IOException {
    byte[] length = little(8).putLong(message.length).array();
    out.write(length);
    out.write(little(4).putInt(masked(length)).array());
    out.write(message);
    out.write(little(4).putInt(masked(message)).array());
  }

  /** CRC-32C, rotated and moved, because the records may hold CRCs themselves. */
  static int masked(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
