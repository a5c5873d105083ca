package io.kiln.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.io.LocalStorage;
import io.kiln.spark.report.RunReport.Epoch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Event files read by a reader that knows nothing of the writer but the format. */
class EventFileTest {
  @TempDir private Path folder;

  @Test
  void everyNumberOfAnEpochIsAScalarAtItsStep() throws IOException {
    try (EventFile events = new EventFile(new LocalStorage(), folder.toString())) {
      events.add(new Epoch(1, 430, 0.5, 0.9, null, null, 0.1, 2, 100_000));
      events.flush();
      assertThat(scalars()).hasSize(4);
    }

    assertThat(scalars())
        .containsExactly(
            "430 loss/train 0.5",
            "430 accuracy/train 0.9",
            "430 learning_rate 0.1",
            "430 samples_per_second 100000.0");
  }

  @Test
  void withoutAnEpochThereIsNoFile() throws IOException {
    new EventFile(new LocalStorage(), folder.toString()).close();

    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void theMaskedChecksumIsTensorFlows() {
    // crc32c("123456789") = e3069283, masked as in tensorflow/core/lib/hash/crc32c.h.
    int crc = 0xe3069283;
    int masked = ((crc >>> 15) | (crc << 17)) + 0xa282ead8;

    assertThat(EventFile.masked("123456789".getBytes(StandardCharsets.US_ASCII))).isEqualTo(masked);
  }

  private List<String> scalars() throws IOException {
    List<String> scalars = new ArrayList<>();
    try (var files = Files.list(folder)) {
      Path file = files.findFirst().orElseThrow();
      assertThat(file.getFileName().toString()).startsWith("events.out.tfevents.");
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
      boolean first = true;
      while (bytes.hasRemaining()) {
        ByteBuffer event = ByteBuffer.wrap(frame(bytes)).order(ByteOrder.LITTLE_ENDIAN);
        if (first) {
          assertThat(new String(event.array(), StandardCharsets.UTF_8)).contains("brain.Event:2");
        } else {
          scalars.add(scalar(event));
        }
        first = false;
      }
    }
    return scalars;
  }

  private static byte[] frame(ByteBuffer bytes) {
    byte[] length = new byte[8];
    bytes.get(length);
    assertThat(bytes.getInt()).isEqualTo(EventFile.masked(length));
    byte[] message =
        new byte[(int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong()];
    bytes.get(message);
    assertThat(bytes.getInt()).isEqualTo(EventFile.masked(message));
    return message;
  }

  /** Reads wall time, step and one value, in the order of their fields. */
  private static String scalar(ByteBuffer event) {
    assertThat(event.get()).isEqualTo((byte) (1 << 3 | 1));
    assertThat(event.getDouble()).isGreaterThan(1.6e9);
    assertThat(event.get()).isEqualTo((byte) (2 << 3));
    long step = varint(event);
    assertThat(event.get()).isEqualTo((byte) (5 << 3 | 2));
    assertThat(varint(event)).isEqualTo(event.remaining());
    assertThat(event.get()).isEqualTo((byte) (1 << 3 | 2));
    assertThat(varint(event)).isEqualTo(event.remaining());
    assertThat(event.get()).isEqualTo((byte) (1 << 3 | 2));
    byte[] tag = new byte[(int) varint(event)];
    event.get(tag);
    assertThat(event.get()).isEqualTo((byte) (2 << 3 | 5));
    return step + " " + new String(tag, StandardCharsets.UTF_8) + " " + event.getFloat();
  }

  private static long varint(ByteBuffer bytes) {
    long value = 0;
    int shift = 0;
    byte next;
    do {
      next = bytes.get();
      value |= (long) (next & 0x7f) << shift;
      shift += 7;
    } while (next < 0);
    return value;
  }
}
