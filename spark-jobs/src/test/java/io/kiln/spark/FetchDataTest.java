package io.kiln.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/fetch-data} with a folder as its mirror. */
class FetchDataTest {
  private static final Path SCRIPT =
      Path.of("..", "scripts", "fetch-data").toAbsolutePath().normalize();

  @TempDir private Path folder;

  /** What a call gave: both streams in one. */
  private record Answer(int exitCode, String text) {}

  @Test
  void photosOfAntsAndBeesAreLaidOutAsTheRecipesReadThem() throws Exception {
    zip("hymenoptera_data.zip", photos(83));
    Answer first = fetch("hymenoptera");
    assertThat(first.exitCode()).as(first.text()).isZero();
    Path set = folder.resolve("data/hymenoptera_data");
    assertThat(count(set.resolve("train/ants"))).isEqualTo(123);
    assertThat(count(set.resolve("val/bees"))).isEqualTo(83);
    assertThat(set.resolve("__MACOSX")).doesNotExist();
    try (Stream<Path> all = Files.list(folder.resolve("data"))) {
      assertThat(all).containsExactly(set);
    }
    Answer again = fetch("hymenoptera");
    assertThat(again.text()).contains("is there").doesNotContain("fetching");
  }

  @Test
  void anArchiveThatLacksPhotosIsRefused() throws Exception {
    zip("hymenoptera_data.zip", photos(82));
    Answer answer = fetch("hymenoptera");
    assertThat(answer.exitCode()).isEqualTo(3);
    assertThat(answer.text()).contains("121 bees to train, 70 and 83 to test");
    assertThat(folder.resolve("data/hymenoptera_data")).doesNotExist();
  }

  @Test
  void anArchiveThatIsCutOffIsRefused() throws Exception {
    Path archive = zip("hymenoptera_data.zip", photos(83));
    byte[] whole = Files.readAllBytes(archive);
    Files.write(archive, Arrays.copyOf(whole, whole.length / 2));
    Answer answer = fetch("hymenoptera");
    assertThat(answer.exitCode()).isEqualTo(3);
    assertThat(answer.text()).contains("is not a whole zip archive");
  }

  @Test
  void captionsOfAnotherChecksumAreRefused() throws Exception {
    zip("Flickr8k_text.zip", Map.of("Flickr8k.token.txt", "a.jpg#0\tA dog ."));
    Answer answer = fetch("flickr8k");
    assertThat(answer.exitCode()).isEqualTo(3);
    assertThat(answer.text())
        .contains("Flickr8k_text.zip: its MD5 is not bf6c1abcb8e4a833b7f922104de18627");
    assertThat(folder.resolve("data/flickr8k")).doesNotExist();
  }

  @Test
  void captionsBecomeTablesByPartAndPhoto() throws Exception {
    Path from = Files.createDirectories(folder.resolve("from"));
    Path to = Files.createDirectories(folder.resolve("to"));
    Files.writeString(from.resolve("Flickr_8k.trainImages.txt"), "c.jpg\r\na.jpg\r\n");
    Files.writeString(from.resolve("Flickr_8k.devImages.txt"), "b.jpg\n");
    Files.writeString(from.resolve("Flickr_8k.testImages.txt"), "d.jpg\n");
    Files.writeString(
        from.resolve("Flickr8k.token.txt"),
        "c.jpg#1\tTwo .\nc.jpg#0\tOne .\nb.jpg#0\tThree .\nz.jpg#0\tOf no part .\n");
    String script = Files.readString(SCRIPT);
    String function = script.substring(script.indexOf("flickr8k_tables() {"));
    function = function.substring(0, function.indexOf("\n}\n") + 3);
    Answer answer = run("bash", "-ec", function + "flickr8k_tables from to");
    assertThat(answer.exitCode()).as(answer.text()).isZero();
    assertThat(to.resolve("flickr8k_images.tsv"))
        .hasContent("0\ta.jpg\ttrain\n1\tb.jpg\tdev\n2\tc.jpg\ttrain\n3\td.jpg\ttest\n");
    assertThat(to.resolve("flickr8k_captions.tsv"))
        .hasContent("b.jpg\t0\tThree .\nc.jpg\t0\tOne .\nc.jpg\t1\tTwo .\n");
  }

  @Test
  void aSetThatIsNotKnownIsAUsageError() throws Exception {
    Answer answer = fetch("imagenet");
    assertThat(answer.exitCode()).isEqualTo(2);
    assertThat(answer.text()).contains("hymenoptera, flickr8k");
  }

  /** Names of photos, with what a Mac leaves beside them. */
  private static Map<String, String> photos(int beesToTest) {
    Map<String, String> files = new TreeMap<>();
    Map.of("train/ants", 123, "train/bees", 121, "val/ants", 70, "val/bees", beesToTest)
        .forEach(
            (part, count) -> {
              for (int i = 0; i < count; i++) {
                files.put("hymenoptera_data/" + part + "/" + i + ".jpg", "photo " + i);
              }
            });
    files.put("__MACOSX/hymenoptera_data/._train", "");
    return files;
  }

  private Path zip(String name, Map<String, String> files) throws IOException {
    Path archive = Files.createDirectories(folder.resolve("mirror")).resolve(name);
    try (OutputStream out = Files.newOutputStream(archive);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, String> file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(file.getKey()));
        zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
      }
    }
    return archive;
  }

  private static long count(Path parent) throws IOException {
    try (Stream<Path> all = Files.list(parent)) {
      return all.count();
    }
  }

  private Answer fetch(String set) throws Exception {
    Path mirror = Files.createDirectories(folder.resolve("mirror"));
    return run(SCRIPT.toString(), "--data", "data", "--mirror", mirror.toUri().toString(), set);
  }

  private Answer run(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Answer(process.waitFor(), text);
  }
}
