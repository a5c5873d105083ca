package io.kiln.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the one jar carries, and what it must leave to Spark. */
@Tag("jar")
class JarTest {
  @Test
  void carriesNoClassThatSparkBrings() throws IOException {
    try (JarFile jar = open()) {
      assertThat(jar.stream().map(ZipEntry::getName))
          .noneMatch(
              name ->
                  name.matches(
                      "(org/apache/(spark|hadoop|commons/(lang3|io))|scala|dev/ludovic|org/netlib"
                          + "|com/fasterxml/jackson|com/esotericsoftware|org/slf4j|org/yaml"
                          + "|picocli)/.*\\.class"));
    }
  }

  @Test
  void carriesOpenBlasForBothLinuxes() throws IOException {
    try (JarFile jar = open()) {
      for (String platform : List.of("linux-x86_64", "linux-arm64")) {
        String folder = "org/bytedeco/openblas/" + platform + "/";
        assertThat(jar.getEntry(folder + "libopenblas.so.0")).isNotNull();
        assertThat(jar.getEntry(folder + "libgfortran.so.5")).isNotNull();
        assertThat(jar.getEntry(folder + "libjniopenblas_nolapack.so")).isNotNull();
        assertThat(jar.getEntry(folder + "libjniopenblas.so")).isNull();
      }
    }
  }

  @Test
  void saysItsVersionAndItsLicence() throws IOException {
    try (JarFile jar = open()) {
      var attributes = jar.getManifest().getMainAttributes();
      assertThat(attributes.getValue("Main-Class")).isEqualTo("io.kiln.spark.Main");
      assertThat(attributes.getValue("Implementation-Version")).matches("[0-9]+\\..*");
      assertThat(jar.getEntry("META-INF/LICENSE")).isNotNull();
      assertThat(jar.getEntry("META-INF/NOTICE")).isNotNull();
    }
  }

  @Test
  void isNotMuchLargerThanItsNativeCode() throws IOException {
    assertThat(Files.size(path())).isLessThan(32L << 20);
  }

  private static JarFile open() throws IOException {
    return new JarFile(path().toFile());
  }

  private static Path path() throws IOException {
    List<Path> jars = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(Path.of("target"), "kiln-*.jar")) {
      found.forEach(jars::add);
    }
    assertThat(jars).hasSize(1);
    return jars.get(0);
  }
}
