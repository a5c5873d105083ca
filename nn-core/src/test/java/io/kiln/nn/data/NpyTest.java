package io.kiln.nn.data;

import static io.kiln.nn.data.TableFixture.features;
import static io.kiln.nn.data.TableFixture.targets;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.tensor.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NpyTest {
  @Test
  void oneOfKLabelsAreClasses() throws IOException {
    TableFixture tables =
        TableFixture.of("npy", "path", "tr_data.npy", "normalize", false, "test", "te_data.npy")
            .file("tr_data.npy", array("<f8", "(3, 2)", 1, 2, 3, 4, 5, 6))
            .file("tr_labels.npy", array("<f8", "(3, 3)", 0, 0, 1, 1, 0, 0, 0, 0, 1))
            .file("te_data.npy", array("<f8", "(1, 2)", 7, 8))
            .file("te_labels.npy", array("<f8", "(1, 3)", 0, 1, 0));
    Splits splits = tables.load();
    assertThat(splits.train().spec().classNames()).containsExactly("0", "1", "2");
    assertThat(features(splits.train()))
        .containsExactly(List.of(1.0, 2.0), List.of(3.0, 4.0), List.of(5.0, 6.0));
    assertThat(targets(splits.train())).containsExactly(2.0, 0.0, 2.0);
    assertThat(targets(splits.test())).containsExactly(1.0);
    assertThat(targets(tables.samples("te_data.npy").judged())).containsExactly(1.0);
    tables.file("other.npy", array("<f4", "(1, 2)", 7, 8));
    assertThat(tables.samples("other.npy").labelled()).isFalse();
    tables.file("other.npy", array("<f4", "(1, 3)", 7, 8, 9));
    assertThatThrownBy(() -> tables.samples("other.npy")).isInstanceOf(ConfigException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<f8", ">f8", "<f4", ">f4", "<i8", "<i4", ">i2", "|i1", "|u1", "<u2", "<u4", "<u8"
      })
  void numbersOfAnyKindAreRead(String type) throws IOException {
    TableFixture tables =
        TableFixture.of("npy", "path", "x.npy", "labels", "t.npy", "normalize", false)
            .file("x.npy", array(type, "(2, 1, 2)", 1, 0, 100, 7))
            .file("t.npy", array("<i4", "(2,)", 3, 5));
    assertThat(features(tables.load().train(), DType.FLOAT64))
        .containsExactly(List.of(1.0, 0.0), List.of(100.0, 7.0));
    assertThat(tables.load().train().spec().classNames()).containsExactly("3", "5");
  }

  @Test
  void whatIsNoArrayOfNumbersIsRefused() {
    byte[] good = array("<f8", "(1, 2)", 1, 2);
    wrong("not an array of NumPy", "hello, world".getBytes(StandardCharsets.UTF_8));
    wrong("bytes follow after the end", Arrays.copyOf(good, good.length + 1));
    wrong("2 numbers of type <f8 needs 16 bytes", Arrays.copyOf(good, good.length - 1));
    wrong("numbers of type '|O' came", array("|O", "(1, 2)", 1, 2));
    wrong("numbers of type '<c8' came", array("<c8", "(1, 2)", 1, 2));
    wrong("its shape is [0, 2]", array("<f8", "(0, 2)"));
    wrong("more numbers than can be held", array("<f8", "(2147483647, 2147483647, 2147483647)"));
    wrong("has NaN", array("<f8", "(1, 2)", 1, Double.NaN));
    wrong("1 labels came but x.npy has 2 rows", array("<f8", "(2, 1)", 1, 2));
  }

  @Test
  void severalTargetsAreNoClass() {
    TableFixture tables =
        TableFixture.of("npy", "path", "x.npy", "labels", "y.npy")
            .file("x.npy", array("<f8", "(1, 1)", 1))
            .file("y.npy", array("<f8", "(1, 2)", 0.5, 0.5));
    assertThatThrownBy(tables::load)
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("is no class: one number must be 1 and the others 0");
  }

  private static void wrong(String message, byte[] bytes) {
    TableFixture tables =
        TableFixture.of("npy", "path", "x.npy", "labels", "y.npy")
            .file("x.npy", bytes)
            .file("y.npy", array("<f8", "(1,)", 1));
    assertThatThrownBy(tables::load)
        .as(message)
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(message);
  }

  /** What numpy.save writes. */
  private static byte[] array(String type, String shape, double... numbers) {
    String header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
    header = header + " ".repeat(63 - (10 + header.length()) % 64) + "\n";
    int width = type.length() < 3 ? 8 : type.charAt(2) - '0';
    ByteBuffer bytes = ByteBuffer.allocate(10 + header.length() + width * numbers.length);
    bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    bytes.order(ByteOrder.LITTLE_ENDIAN).putShort((short) header.length());
    bytes.put(header.getBytes(StandardCharsets.US_ASCII));
    bytes.order(type.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    for (double number : numbers) {
      switch (type.substring(1)) {
        case "f8" -> bytes.putDouble(number);
        case "f4" -> bytes.putFloat((float) number);
        case "i8", "u8" -> bytes.putLong((long) number);
        case "i4", "u4" -> bytes.putInt((int) number);
        case "i2", "u2" -> bytes.putShort((short) number);
        case "i1", "u1" -> bytes.put((byte) number);
        default -> bytes.position(bytes.limit());
      }
    }
    return bytes.array();
  }
}
