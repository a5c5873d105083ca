package io.kiln.nn.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JVMs whose folders cannot be used; a BLAS is chosen once a JVM, so each has its own. */
class OpenBlasTest {
  @TempDir Path folder;

  /** Prints the choice. */
  static final class Choice {
    private Choice() {}

    public static void main(String[] args) {
      System.out.println(Blas.isNative() + ": " + Blas.reason());
    }
  }

  @Test
  void aCacheThatCannotBeWrittenIsNamedWithThePropertyToSet() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "in the way of folders");
    assertThat(
            choice(
                "-Dorg.bytedeco.javacpp.cachedir=" + file,
                "-Duser.home=" + file,
                "-Djava.io.tmpdir=" + file))
        .startsWith("false: ")
        .contains("which must be writable and not mounted noexec")
        .contains("-Dorg.bytedeco.javacpp.cachedir=DIR");
  }

  @Test
  void aTemporaryFolderThatCannotBeWrittenIsNamedWithThePropertyToSet() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "in the way of folders");
    assertThat(choice("-Djava.io.tmpdir=" + file))
        .startsWith("false: ")
        .contains("netlib could not load")
        .contains(file + ", which must be writable and not mounted noexec")
        .contains("-Djava.io.tmpdir=DIR");
  }

  private String choice(String... options) throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    List<String> command =
        new java.util.ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Choice.class.getName()));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    return Files.readString(out, StandardCharsets.UTF_8).strip();
  }
}
