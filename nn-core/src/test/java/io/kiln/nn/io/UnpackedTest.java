package io.kiln.nn.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packed files: several members are one file, and whatever is no whole member is an error. */
class UnpackedTest {
  private static final String TEXT = "a line of a table\n".repeat(5000);

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "bzip2"})
  void allMembersAreRead(String format) throws IOException {
    byte[] two = join(pack(format, TEXT), pack(format, "and more\n"));
    assertThat(read(two)).isEqualTo(TEXT + "and more\n");
    assertThat(read(join(two, pack(format, "")))).isEqualTo(TEXT + "and more\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "bzip2"})
  void aDamagedSecondMemberIsRefusedWhereverItIsDamaged(String format) throws IOException {
    byte[] first = pack(format, TEXT);
    String more = "another line\n".repeat(50);
    byte[] second = pack(format, more);
    int harmless = 0;
    for (int i = 0; i < second.length; i++) {
      byte[] damaged = second.clone();
      damaged[i] ^= 0x55;
      byte[] both = join(first, damaged);
      try {
        // Time, level and system of gzip and some bits of bzip2 say nothing about the data.
        assertThat(read(both)).as("byte %d", i).isEqualTo(TEXT + more);
        harmless++;
      } catch (FormatException e) {
        assertThat(e).hasMessageStartingWith("f at byte ");
      }
    }
    assertThat(harmless).isLessThan(10);
    for (int length = 1; length < second.length; length++) {
      byte[] cut = join(first, Arrays.copyOf(second, length));
      assertThatThrownBy(() -> read(cut)).as("cut at %d", length).hasMessageStartingWith("f at ");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "bzip2"})
  void bytesAfterTheLastMemberAreRefusedWithTheirPlace(String format) throws IOException {
    byte[] first = pack(format, TEXT);
    byte[] both = join(first, "5.1,3.5,1.4,0.2,a\n".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> read(both))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("f at byte " + (format.equals("gzip") ? first.length + ":" : ""))
        .hasMessageContaining("its " + format + " data are followed by other bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "bzip2"})
  void aFailureOfTheStorageIsNotDamage(String format) throws IOException {
    byte[] bytes = pack(format, TEXT);
    InputStream failing =
        new InputStream() {
          private int at;

          @Override
          public int read() throws IOException {
            if (at == bytes.length / 2) {
              throw new IOException("the network is gone");
            }
            return bytes[at++] & 0xff;
          }

          @Override
          public int read(byte[] into, int from, int count) throws IOException {
            into[from] = (byte) read();
            return 1;
          }
        };
    assertThatThrownBy(() -> Unpacked.of("f", failing, bytes.length).stream().readAllBytes())
        .isNotInstanceOf(FormatException.class)
        .hasMessage("the network is gone");
  }

  private static String read(byte[] bytes) throws IOException {
    try (FormatInput in = FormatInput.open(new MemoryStorage().with("f", bytes), "f")) {
      return new String(in.stream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static byte[] pack(String format, String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out =
        format.equals("gzip")
            ? new GZIPOutputStream(bytes)
            : new BZip2CompressorOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  private static byte[] join(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
