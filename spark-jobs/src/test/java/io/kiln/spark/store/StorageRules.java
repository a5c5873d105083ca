package io.kiln.spark.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.io.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

/** What every file system has to do. */
abstract class StorageRules {
  HadoopStorage storage = new HadoopStorage();
  private String root = "";

  void begin(HadoopStorage tested, String folder) {
    storage = tested;
    root = folder;
  }

  String at(String name) {
    return root + "/" + name;
  }

  void write(String path, String text) throws IOException {
    try (OutputStream out = storage.create(path)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  String read(String path) throws IOException {
    try (InputStream in = storage.open(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void whatIsWrittenIsReadAgain() throws IOException {
    write(at("deep/er/file"), "Ton");

    assertThat(read(at("deep/er/file"))).isEqualTo("Ton");
  }

  @Test
  void nothingIsOverwritten() throws IOException {
    write(at("file"), "first");

    assertThatThrownBy(() -> write(at("file"), "second"))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(read(at("file"))).isEqualTo("first");
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> storage.open(at("none")))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("none");
    assertThatThrownBy(() -> storage.list(at("none"))).isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> storage.rename(at("none"), at("other")))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void renameNeverReplaces() throws IOException {
    write(at("old"), "old");
    write(at("new"), "new");
    write(at("folder/file"), "x");

    assertThatThrownBy(() -> storage.rename(at("new"), at("old")))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThatThrownBy(() -> storage.rename(at("new"), at("folder")))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(read(at("old")) + read(at("new"))).isEqualTo("oldnew");
  }

  @Test
  void renameMovesFilesAndFolders() throws IOException {
    write(at("a/file"), "x");

    storage.rename(at("a/file"), at("a/other"));
    storage.rename(at("a"), at("b"));

    assertThat(read(at("b/other"))).isEqualTo("x");
    assertThatThrownBy(() -> storage.list(at("a"))).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void replaceGivesTheNewContentUnderTheOldName() throws IOException {
    write(at("status"), "old");
    write(at("status.new"), "new");

    storage.replace(at("status.new"), at("status"));

    assertThat(read(at("status"))).isEqualTo("new");
    assertThat(storage.list(at(""))).extracting(Storage.Entry::name).containsExactly("status");
  }

  @Test
  void aFolderIsListedByName() throws IOException {
    write(at("list/b"), "12");
    write(at("list/c/d"), "1");
    write(at("list/a"), "");

    assertThat(storage.list(at("list")))
        .extracting(Storage.Entry::name, Storage.Entry::folder)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("a", false),
            org.assertj.core.groups.Tuple.tuple("b", false),
            org.assertj.core.groups.Tuple.tuple("c", true));
    assertThat(storage.list(at("list/b"))).containsExactly(new Storage.Entry("b", 2, false));
  }

  @Test
  void deletingTwiceIsFine() throws IOException {
    write(at("gone/file"), "x");

    storage.delete(at("gone"));
    storage.delete(at("gone"));

    assertThatThrownBy(() -> storage.list(at("gone"))).isInstanceOf(NoSuchFileException.class);
  }
}
