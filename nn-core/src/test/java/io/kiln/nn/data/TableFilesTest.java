package io.kiln.nn.data;

import static io.kiln.nn.data.TableFixture.features;
import static io.kiln.nn.data.TableFixture.targets;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.io.FormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders as Spark writes them, packed files, and quotes as Spark escapes them. */
class TableFilesTest {
  @Test
  void thePartFilesOfSparkAreOneTable() throws IOException {
    TableFixture tables =
        TableFixture.of("csv", "path", "t", "label", "y", "categorical", "k", "normalize", false)
            .file("t/_SUCCESS", "")
            .file("t/._SUCCESS.crc", "\1\2")
            .file("t/.part-00000-x.csv.crc", "\1\2")
            .file("t/part-00000-x.csv", "a,k,y\n1,\"say \\\"hi\\\", twice\",u\n")
            .file("t/part-00001-x.csv", "")
            .file("t/part-00002-x.csv", "k,a,y\n\"C:\\new\",2,v\n")
            .file("t/part-00003-x.csv.gz", TableFixture.gzip(bytes("a,k,y\n3,\"ends \\\\\",u\n")))
            .file("t/notes.txt", "nothing");
    Splits splits = tables.load();
    assertThat(splits.fitted().get("categories"))
        .isEqualTo(Map.of("k", List.of("C:\\new", "ends \\", "say \"hi\", twice")));
    assertThat(features(splits.train()))
        .containsExactly(
            List.of(1.0, 0.0, 0.0, 1.0), List.of(2.0, 1.0, 0.0, 0.0), List.of(3.0, 0.0, 1.0, 0.0));
    assertThat(targets(splits.train())).containsExactly(0.0, 1.0, 0.0);
    assertThat(splits.notes())
        .contains("t/notes.txt was passed over: it is not a file of the table");
  }

  @Test
  void partFilesWithoutHeadersAreOneTableToo() throws IOException {
    Splits splits =
        TableFixture.of("csv", "path", "t", "normalize", false)
            .file("t/part-00000", "1,2,0\n")
            .file("t/part-00001", "3,4,1\n")
            .load();
    assertThat(features(splits.train())).containsExactly(List.of(1.0, 2.0), List.of(3.0, 4.0));
    Splits sparse =
        TableFixture.of("libsvm", "path", "t", "normalize", false)
            .file("t/part-00000.libsvm", "1 1:1\n")
            .file("t/part-00001.libsvm", "0 2:4\n")
            .load();
    assertThat(features(sparse.train())).containsExactly(List.of(1.0, 0.0), List.of(0.0, 4.0));
  }

  @Test
  void aFolderThatIsNoTableIsRefused() {
    TableFixture nested =
        TableFixture.of("csv", "path", "t").file("t/year=2020/part-00000.csv", "1,0\n");
    assertThatThrownBy(nested::load)
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("t/year=2020: it is a folder in a folder of a table");
    TableFixture other = TableFixture.of("csv", "path", "t").file("t/readme.md", "x");
    assertThatThrownBy(other::load)
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("t: it is a folder without a table");
  }

  @Test
  void backslashesAreReadAsTheSettingSays() throws IOException {
    String text = "k,y\n\"a \\\"b\\\"\",0\nc,1\n";
    TableFixture plain =
        TableFixture.of("csv", "label", "y", "categorical", "k").file("train", text);
    assertThatThrownBy(plain::load)
        .isInstanceOf(FormatException.class)
        .hasMessageEndingWith("if it escapes quotes with a backslash, set data.escape");
    TableFixture told =
        TableFixture.of("csv", "label", "y", "categorical", "k", "escape", "backslash")
            .file("train", text);
    assertThat(told.load().fitted().get("categories"))
        .isEqualTo(Map.of("k", List.of("a \"b\"", "c")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv", "libsvm"})
  void filesPackedByBzip2AreUnpacked(String format) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new BZip2CompressorOutputStream(packed)) {
      out.write(bytes(format.equals("csv") ? "2,0\n4,1\n" : "0 1:2\n1 1:4\n"));
    }
    TableFixture tables =
        TableFixture.of(format, "normalize", false).file("train", packed.toByteArray());
    assertThat(features(tables.load().train())).containsExactly(List.of(2.0), List.of(4.0));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
