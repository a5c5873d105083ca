package io.kiln.nn.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalStorageTest {
  @TempDir Path folder;
  private final Storage storage = new LocalStorage();

  @Test
  void whatIsWrittenIsReadAndListed() throws IOException {
    write("a/b/two", "2");
    write("a/one", "111");
    assertThat(read("a/one")).isEqualTo("111");
    assertThat(storage.list(at("a")))
        .containsExactly(new Storage.Entry("b", 0, true), new Storage.Entry("one", 3, false));
    assertThat(storage.list(at("a/one"))).containsExactly(new Storage.Entry("one", 3, false));
  }

  @Test
  void nothingIsOverwritten() throws IOException {
    write("one", "1");
    write("two", "2");
    assertThatThrownBy(() -> storage.create(at("one")))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThatThrownBy(() -> storage.rename(at("one"), at("two")))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(read("two")).isEqualTo("2");
    storage.rename(at("one"), at("new/three"));
    assertThat(read("new/three")).isEqualTo("1");
  }

  @Test
  void whatIsMissingIsNamed() {
    assertThatThrownBy(() -> storage.open(at("none")))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessage(at("none"));
    assertThatThrownBy(() -> storage.list(at("none")))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessage(at("none"));
    assertThatThrownBy(() -> storage.open(folder.toString()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("it is a folder");
  }

  @Test
  void deletingTakesAllBelowButFollowsNoLinks() throws IOException {
    write("keep/file", "1");
    write("away/deep/file", "1");
    Files.createSymbolicLink(folder.resolve("away/link"), folder.resolve("keep"));
    Files.createSymbolicLink(folder.resolve("away/nowhere"), folder.resolve("none"));
    assertThat(storage.list(at("away"))).extracting(Storage.Entry::name).contains("deep", "link");
    storage.delete(at("away"));
    storage.delete(at("away"));
    assertThat(read("keep/file")).isEqualTo("1");
    assertThat(Files.exists(folder.resolve("away"))).isFalse();
  }

  @Test
  void fileUrisWork() throws IOException {
    write("with space", "x");
    String uri = folder.resolve("with space").toUri().toString();
    assertThat(storage.list(uri)).hasSize(1);
    try (InputStream in = storage.open(uri)) {
      assertThat(in.readAllBytes()).isEqualTo("x".getBytes(UTF_8));
    }
  }

  @Test
  void locationsAreJoined() {
    assertThat(Locations.join("/data", "mnist")).isEqualTo("/data/mnist");
    assertThat(Locations.join("/data/", "mnist")).isEqualTo("/data/mnist");
    assertThat(Locations.join("/data", "/mnist")).isEqualTo("/mnist");
    assertThat(Locations.join("/data", "hdfs://host/x")).isEqualTo("hdfs://host/x");
    assertThat(Locations.join("", "x")).isEqualTo("x");
    assertThat(Locations.name("hdfs://host/x/y/")).isEqualTo("y");
  }

  private String at(String name) {
    return folder.resolve(name).toString();
  }

  private void write(String name, String text) throws IOException {
    try (OutputStream out = storage.create(at(name))) {
      out.write(text.getBytes(UTF_8));
    }
  }

  private String read(String name) throws IOException {
    try (InputStream in = storage.open(at(name))) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }
}
