package io.kiln.spark.report;

import io.kiln.nn.io.Storage;
import io.kiln.spark.report.RunReport.Epoch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.apache.hadoop.fs.Syncable;
import org.jspecify.annotations.Nullable;

/**
 * A TensorBoard event file: TFRecord frames around {@code tensorflow.Event} messages. Begun with
 * the first epoch, so that a folder without epochs has none.
 *
 * <p>A frame is the length (8 bytes, little endian), its masked CRC-32C, the message, its masked
 * CRC-32C. The messages are three fixed shapes, so they are written here byte by byte.
 */
final class EventFile implements AutoCloseable {
  private static final int MASK = 0xa282ead8;
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

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
    Message entry = new Message();
    entry.bytes(1, tag.getBytes(StandardCharsets.UTF_8));
    entry.fixed32(2, Float.floatToIntBits(value.floatValue()));
    Message summary = new Message();
    summary.bytes(1, entry.bytes());
    Message event = event();
    event.varint(2, step);
    event.bytes(5, summary.bytes());
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
      Message version = event();
      version.bytes(3, "brain.Event:2".getBytes(StandardCharsets.UTF_8));
      frame(file, version.bytes());
    }
    return file;
  }

  private static Message event() {
    Message event = new Message();
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

  /** A protocol buffer message in the making. */
  private static final class Message {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    void varint(int field, long value) {
      raw((long) field << 3 | VARINT);
      raw(value);
    }

    void fixed32(int field, int value) {
      raw((long) field << 3 | FIXED32);
      out.writeBytes(little(4).putInt(value).array());
    }

    void fixed64(int field, long value) {
      raw((long) field << 3 | FIXED64);
      out.writeBytes(little(8).putLong(value).array());
    }

    void bytes(int field, byte[] value) {
      raw((long) field << 3 | BYTES);
      raw(value.length);
      out.writeBytes(value);
    }

    byte[] bytes() {
      return out.toByteArray();
    }

    private void raw(long value) {
      long rest = value;
      while ((rest & ~0x7fL) != 0) {
        out.write((int) ((rest & 0x7f) | 0x80));
        rest >>>= 7;
      }
      out.write((int) rest);
    }
  }
}
